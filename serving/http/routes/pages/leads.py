"""The list of work: whom to talk to now."""

from functools import partial
from typing import Annotated, NamedTuple

from fastapi import APIRouter, Query, Response

from features.contract.duration import DAY_US
from serving.http.pages.answers import show
from serving.http.pages.lead.page import LEADS, lead_path
from serving.http.pages.lead.work import EVERY, OPEN, REVIEW, Asked, ShownRow, labels_of
from serving.http.pages.owners import ANYBODYS, Owners
from serving.http.pages.route import for_permission, page_router
from serving.http.pages.visit import Visit, Visiting
from serving.http.requests.cursor import cursor_of, place_of
from serving.intake.name_words import find_numbers
from serving.lifecycle.action_words import share_text
from serving.lifecycle.agreement import Lifecycle
from serving.lifecycle.stages import STAGES
from serving.model.reference import GRADE_FROM_SCORE
from serving.pages.chance import chance
from serving.pages.saying import say
from serving.record.identity.name_words import MOST_FOUND
from serving.record.leads.owners import owners_told
from serving.record.scores.work_list import Place, Wanted
from serving.stored.owning import MINE, NOBODYS
from serving.stored.work_list import WorkRow, drawn_for_review, work_rows

PAGE = 25


class Heirs(NamedTuple):
    """Who gives leads, and to whom they may be given: id and name."""

    name: str
    to: list[tuple[str, str]]


Grades = Annotated[list[str] | None, Query()]


def work_routes() -> APIRouter:
    """Return the path of the page."""
    routes = page_router()

    @routes.get(LEADS)
    @for_permission("leads")
    def show_work(
        visit: Visiting,
        q: str = "",
        stage: str = OPEN,
        grade: Grades = None,
        use_case: str = "",
        owner: str = "",
        after: str | None = None,
    ) -> Response:
        lifecycle = visit.state.kept().lifecycle
        asked = Asked(stage, tuple(grade or ()), use_case, q, owner).checked(lifecycle)
        return _work(visit, asked, after)

    return routes


def _work(visit: Visit, asked: Asked, after: str | None) -> Response:
    scores = visit.state.kept()
    place = place_of(after or None, numbers=1)
    begin: Place | None = None if place is None else (place[0], place[1][0])
    with visit.database.reading() as connection:
        found = find_numbers(connection, asked.sought) if asked.sought else None
        if asked.stage == REVIEW:
            drawn = drawn_for_review(connection, scores.lifecycle, visit.at)
            found = drawn if found is None else drawn & found
        wanted = Wanted(
            asked.stages(scores.lifecycle), asked.grades or None, asked.use_case or None, found,
            owned=asked.owner != ANYBODYS, owner=_owner(visit, asked),
        )  # fmt: skip
        rows, end = work_rows(connection, scores, wanted, begin, PAGE, visit.at)
        owners, told = Owners.of(connection, visit.language), owners_told(connection)
    labels = labels_of(visit.state.scoring, visit.language)
    day_ago = visit.at - DAY_US
    return show(
        visit,
        "leads",
        asked=asked,
        default=Asked(),
        rows=[ShownRow.of(row, labels, day_ago, owners) for row in rows],
        told=_told(visit, rows, found),
        stage_choices=_stages(visit, scores.lifecycle),
        use_cases=_use_cases(visit, scores.lifecycle),
        owner_choices=owners.wanted(told),
        to_hand_on=_to_hand_on(visit, owners, asked.owner),
        grades=list(GRADE_FROM_SCORE),
        before=asked.address(LEADS) if begin else None,
        after=asked.address(LEADS, cursor_of(end)) if end else None,
        page_size=PAGE,
        chance=partial(chance, language=visit.language),
        percent=partial(share_text, language=visit.language),
        path=lead_path,
    )


def _owner(visit: Visit, asked: Asked) -> str | None:
    if asked.owner == MINE:
        return visit.user.actor
    return None if asked.owner in (NOBODYS, ANYBODYS) else asked.owner


def _to_hand_on(visit: Visit, owners: Owners, owner: str) -> Heirs | None:
    """Return to whom all leads of somebody may be handed on; None where that is not asked."""
    if owner in (ANYBODYS, MINE, NOBODYS) or not visit.user.may("users"):
        return None
    return Heirs(owners.name(owner), [one for one in owners.heirs(None) if one[0] != owner])


def _told(visit: Visit, rows: list[WorkRow], found: frozenset[int] | None) -> str:
    if found is not None and len(found) >= MOST_FOUND:
        return say(visit.language, "work.told.many", most=MOST_FOUND)
    moments = [row.item.score.as_of for row in rows if row.item.score is not None]
    if found is not None or not moments:
        return say(visit.language, "work.told.found", count=len(rows))
    oldest = visit.frame.when(min(moments))
    return say(visit.language, "work.told.page", count=len(rows), moment=oldest)


def _stages(visit: Visit, lifecycle: Lifecycle) -> list[tuple[str, str]]:
    there = [one for one in STAGES if one == "lead" or one in lifecycle.stages]
    return [
        (OPEN, say(visit.language, "work.stage.open")),
        *((one, say(visit.language, f"stage.{one}")) for one in there),
        *([(REVIEW, say(visit.language, "work.review"))] if lifecycle.review else []),
        (EVERY, say(visit.language, "work.stage.all")),
    ]


def _use_cases(visit: Visit, lifecycle: Lifecycle) -> list[tuple[str, str]]:
    cases = [(one.name, one.name) for one in lifecycle.use_cases]
    return [("", say(visit.language, "work.use_case.any")), *cases] if cases else []
