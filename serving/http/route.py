"""How every route answers what goes wrong: with one shape of body, and no data of a lead."""

import logging
import traceback
from collections import Counter
from collections.abc import Callable, Coroutine
from typing import Any, get_origin

from fastapi import FastAPI, Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from serving.http.auth import AWAY_SECONDS, Need, admit, need_of
from serving.http.body import refuse
from serving.http.document.errors import FORBIDDEN, UNAUTHORIZED
from serving.http.document.security import security_of
from serving.http.errors import Problem, RefusedError, broken_field
from serving.record.database.database import RecordAwayError

_DEFECT = Problem(code="internal", message="the service failed; see its log")

_log = logging.getLogger(__name__)


class GuardedRoute(APIRoute):
    """A route that lets in who may call it, and tells, or logs, no data of a lead by a defect."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **documented: Any) -> None:  # noqa: ANN401
        """Make the route of an endpoint.

        Raises:
            TypeError: The endpoint does not say what its caller needs.
        """
        self._need = need_of(endpoint)
        super().__init__(path, endpoint, **_with_security(self._need, documented))

    @property
    def alone(self) -> bool:
        """Whether the endpoint takes its request as it is, and nothing that is read of it."""
        return _takes_request_alone(self.dependant)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return what answers a request."""
        # What looks for parameters takes longer than a score that needs none of it.
        handle = self.endpoint if self.alone else super().get_route_handler()
        once = _given_once(self.dependant)

        async def answer(request: Request) -> Response:
            try:
                await admit(self._need, request.app.state.service, request)
                _refuse_repeated(request, once)
                return await handle(request)
            except (RefusedError, HTTPException):
                raise
            except RecordAwayError as error:
                raise RefusedError(
                    503, "record_away", str(error), retry_after=AWAY_SECONDS
                ) from None
            except RequestValidationError as error:
                first = error.errors()[0]
                problem = broken_field(first["type"], first["msg"], first["loc"])
                raise RefusedError.by(problem) from None
            except Exception as error:
                return failed(error, self.path)

        return answer


def _takes_request_alone(wanted: Dependant) -> bool:
    params = (wanted.path_params, wanted.query_params, wanted.header_params, wanted.cookie_params)
    more = (*params, wanted.body_params, wanted.dependencies)
    return wanted.request_param_name is not None and not any(more)


def _given_once(wanted: Dependant) -> frozenset[str]:
    """Return the parameters of a query that have one value."""
    models = [param.field_info.annotation for param in wanted.query_params]
    return frozenset(
        name
        for model in models
        if isinstance(model, type) and issubclass(model, BaseModel)
        for name, field in model.model_fields.items()
        if get_origin(field.annotation) is not list
    )


def _refuse_repeated(request: Request, once: frozenset[str]) -> None:
    # The framework takes the last of several values, and says nothing of the others.
    given = Counter(name for name, _ in request.query_params.multi_items()) if once else {}
    for name, times in given.items():
        if times > 1 and name in once:
            raise RefusedError(422, "invalid_request", "is given more than once", name)


def failed(error: Exception, where: str) -> Response:
    """Log a defect of ours and return its answer; `where` is as `note_defect` takes it."""
    note_defect(error, where)
    return refuse(500, _DEFECT)


def note_defect(error: Exception, where: str) -> None:
    """Log a defect of ours.

    Args:
        error: Its message may hold a value of a lead; its kind and place do not.
        where: Template of the path that was asked for.
    """
    place = "".join(traceback.format_tb(error.__traceback__))
    _log.error("%s in %s\n%s", type(error).__name__, where, place)


def answer_errors(app: FastAPI) -> None:
    """Answer what is refused, and what no route is for, in the shape of every error."""
    app.add_exception_handler(RefusedError, _refused)
    app.add_exception_handler(HTTPException, _no_such_route)


def _with_security(need: Need, documented: dict[str, Any]) -> dict[str, Any]:
    security = security_of(need)
    if not security:
        return documented
    extra = {**(documented.get("openapi_extra") or {}), "security": security}
    responses = {**(documented.get("responses") or {}), **UNAUTHORIZED, **FORBIDDEN}
    return {**documented, "openapi_extra": extra, "responses": responses}


def refusal(error: RefusedError) -> Response:
    """Return the answer to a request that is refused."""
    headers = {}
    if error.retry_after is not None:
        headers["Retry-After"] = str(error.retry_after)
    if error.status == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="leadscore"'
    return refuse(error.status, error.problem, headers)


async def _refused(_: Request, error: Exception) -> Response:
    assert isinstance(error, RefusedError)
    return refusal(error)


async def _no_such_route(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == 405:
        problem = Problem(code="method_not_allowed", message="see the Allow header for methods")
    else:
        problem = Problem(code="not_found", message="no such path; see /docs for what there is")
    return refuse(error.status_code, problem, error.headers)
