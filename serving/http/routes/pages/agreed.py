"""The pages on the lifecycle and the rules: what is agreed on, and each version of it."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from serving.agreements import parse_agreement
from serving.http.pages.answers import go, show
from serving.http.pages.draft import version_of
from serving.http.pages.route import for_users, page_router
from serving.http.pages.visit import Visit, Visiting
from serving.lifecycle.agreement import Lifecycle
from serving.lifecycle.needs import needs_texts
from serving.lifecycle.stages import STAGES
from serving.pages.agreed_parts import agreed_parts
from serving.pages.conditions import condition_text
from serving.pages.difference import difference
from serving.pages.mistakes import mistake_told
from serving.record.access.users import names_of
from serving.record.lifecycle.agreements import Kind, newest_versions, versions_of

AGREED = "/app/agreed"

Number = Annotated[int, Path(ge=0, lt=2**31)]
"""Of a version; 0 is the file."""


def agreed_routes() -> APIRouter:
    """Return the paths of the pages that are read."""
    routes = page_router()

    @routes.get(AGREED)
    @for_users
    def show_first(visit: Visiting) -> Response:
        return go(visit, f"{AGREED}/lifecycle")

    @routes.get(AGREED + "/{kind}")
    @for_users
    def show_agreed(visit: Visiting, kind: Kind) -> Response:
        return _read(visit, kind)

    @routes.get(AGREED + "/{kind}/versions/{number}")
    @for_users
    def show_version(visit: Visiting, kind: Kind, number: Number) -> Response:
        return _version(visit, kind, number)

    return routes


def _read(visit: Visit, kind: Kind) -> Response:
    agreements = visit.state.agreed()
    unusable = agreements.unusable.get(kind, "")
    with visit.database.reading() as connection:
        kept, names = versions_of(connection, kind), names_of(connection)
    newest = kept[0].version if kept else 0
    in_force = agreements.in_force(kind)
    said, text = in_force.said, in_force.text
    if newest != in_force.version and kind not in agreements.unusable:
        # This process takes it up in a moment.
        text = kept[0].text if kept else agreements.files[kind]
        said = parse_agreement(kind, text)
    return show(
        visit,
        f"agreed_{kind}",
        kind=kind,
        said=said,
        said_parts=agreed_parts(said, visit.language) if isinstance(said, Lifecycle) else [],
        text=text,
        stages=STAGES,
        needs=lambda criteria: needs_texts(criteria, visit.language),
        condition=lambda rules, rule: condition_text(rules, rule, visit.language),
        kept=kept,
        names=names,
        newest=newest,
        in_force=in_force.version,
        unusable=[mistake_told(one, visit.language) for one in unusable.splitlines()],
    )


def _version(visit: Visit, kind: Kind, number: int) -> Response:
    with visit.database.reading() as connection:
        shown = version_of(visit, connection, kind, number)
        newest = newest_versions(connection)[kind]
        before = version_of(visit, connection, kind, max(number - 1, 0))
        names = names_of(connection)
    return show(
        visit,
        "agreed_version",
        kind=kind,
        shown=shown,
        newest=newest,
        lines=difference(before.text, shown.text),
        names=names,
    )
