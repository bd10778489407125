"""Of what people were alerted."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, Field

from features.contract.lead import micros, moment
from serving.http.auth import needs
from serving.http.body import respond
from serving.http.document.errors import RECORD_ERRORS
from serving.http.requests.cursor import cursor_of, place_of
from serving.http.requests.queries import AlertsQuery
from serving.http.route import GuardedRoute
from serving.http.state import ServiceState
from serving.lifecycle.alerts import Kind
from serving.pages.alerts import Reading, alert_text
from serving.record.lifecycle.alerts import StoredAlert, list_alerts


class AlertView(BaseModel):
    """Something that people were alerted of."""

    alert_id: int
    alert: str = Field(description="As the agreement called it.")
    kind: Kind
    lead_id: str = Field(description="Of the lead that stands now for the one it happened to.")
    raised_at: datetime
    tell: list[str] = Field(description="Targets.")
    title: str
    text: str
    link: str | None = Field(description="Where the workspace shows the lead.")

    @classmethod
    def of(cls, found: StoredAlert, reading: Reading) -> "AlertView":
        """Return how an alert is shown."""
        text = alert_text({**found.said, "lead_id": found.lead_id}, reading)
        return cls(
            alert_id=found.number,
            alert=found.name,
            kind=found.kind,
            lead_id=found.lead_id,
            raised_at=moment(found.raised),
            tell=found.said["tell"],
            title=text.title,
            text=" ".join(text.sentences),
            link=text.link,
        )


class AlertList(BaseModel):
    """A page of alerts, the newest first."""

    alerts: list[AlertView]
    next_cursor: str | None = Field(description="Send it as `cursor`; null on the last page.")


def alert_routes(state: ServiceState) -> APIRouter:
    """Return the paths of alerts."""
    routes = APIRouter(prefix="/v1", tags=["lifecycle"], route_class=GuardedRoute)

    @routes.get("/alerts", response_model=AlertList, responses=RECORD_ERRORS)
    @needs("read")
    async def get_alerts(query: Annotated[AlertsQuery, Query()]) -> Response:
        """List of what people were alerted, the newest first."""
        return respond(200, await run_in_threadpool(_page, state, query))

    return routes


def _page(state: ServiceState, query: AlertsQuery) -> AlertList:
    since = None if query.since is None else micros(query.since, "since")
    place = place_of(query.cursor, numbers=1)
    after = None if place is None else (int(place[0]), place[1][0])
    kept = state.kept()
    with kept.database.reading() as connection:
        found, end = list_alerts(connection, query.kind, since, after, query.limit)
    reading = state.reading()
    if query.language is not None:
        reading = reading._replace(language=query.language)
    return AlertList(
        alerts=[AlertView.of(one, reading) for one in found], next_cursor=cursor_of(end)
    )
