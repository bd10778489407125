"""What an operator or a load balancer asks."""

from fastapi import APIRouter
from pydantic import BaseModel

from serving.http.auth import needs_nothing
from serving.http.document.errors import NOT_READY
from serving.http.errors import RefusedError
from serving.http.route import GuardedRoute
from serving.http.state import Readiness, ServiceState


class Health(BaseModel):
    """The process is alive."""

    status: str = "alive"


def operation_routes(state: ServiceState) -> APIRouter:
    """Return the paths of liveness and readiness."""
    routes = APIRouter(tags=["operation"], route_class=GuardedRoute)

    @routes.get("/healthz")
    @needs_nothing
    async def get_health() -> Health:
        """Tell that the process is alive."""
        if not state.alive():
            raise RefusedError(503, "stuck", "work in the background stands still; see the log")
        return Health()

    @routes.get("/readyz", responses=NOT_READY)
    @needs_nothing
    async def get_readiness() -> Readiness:
        """Tell whether leads are answered: by the model, or degraded to the rules."""
        if state.stopping:
            raise RefusedError(503, "stopping", "the service stops; ask another one")
        state.loaded()
        return state.readiness

    # Load balancers ask without wanting a body.
    for path, answer in (("/healthz", get_health), ("/readyz", get_readiness)):
        routes.add_api_route(path, answer, methods=["HEAD"], include_in_schema=False)
    return routes
