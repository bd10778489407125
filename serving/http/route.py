"""How every route answers what goes wrong: with one shape of body, and no data of a lead."""

import logging
import traceback
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from serving.http.body import refuse
from serving.http.errors import Problem, RefusedError, broken_field
from serving.record.database import RecordAwayError

_DEFECT = Problem(code="internal", message="the service failed; see its log")

_log = logging.getLogger(__name__)


class GuardedRoute(APIRoute):
    """A route that answers a defect of ours without telling, or logging, data of a lead."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return what answers a request."""
        handle = super().get_route_handler()

        async def answer(request: Request) -> Response:
            try:
                return await handle(request)
            except (RefusedError, HTTPException):
                raise
            except RecordAwayError as error:
                raise RefusedError(503, "record_away", str(error)) from None
            except RequestValidationError as error:
                first = error.errors()[0]
                problem = broken_field(first["type"], first["msg"], first["loc"])
                raise RefusedError.by(problem) from None
            except Exception as error:
                # The message of an exception may hold a value of a lead; its place does not.
                place = "".join(traceback.format_tb(error.__traceback__))
                _log.error("%s in %s\n%s", type(error).__name__, self.path, place)
                return refuse(500, _DEFECT)

        return answer


def answer_errors(app: FastAPI) -> None:
    """Answer what is refused, and what no route is for, in the shape of every error."""
    app.add_exception_handler(RefusedError, _refused)
    app.add_exception_handler(HTTPException, _no_such_route)
    app.add_exception_handler(Exception, _failed)


async def _refused(_: Request, error: Exception) -> Response:
    assert isinstance(error, RefusedError)
    return refuse(error.status, error.problem)


async def _failed(_: Request, __: Exception) -> Response:
    return refuse(500, _DEFECT)


async def _no_such_route(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == 405:
        problem = Problem(code="method_not_allowed", message="see the Allow header for methods")
    else:
        problem = Problem(code="not_found", message="no such path; see /docs for what there is")
    return refuse(error.status_code, problem, error.headers)
