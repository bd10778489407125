"""What people decide, find out and doubt on the page on a lead."""

from typing import cast, get_args

from fastapi import APIRouter, Response
from sqlalchemy import Connection

from serving.http.pages.answers import go
from serving.http.pages.lead.choices import role_in
from serving.http.pages.lead.forms import FormMistakeError, note_of, reported
from serving.http.pages.lead.page import lead_path
from serving.http.pages.mistakes import PageError
from serving.http.pages.route import for_permission, page_router
from serving.http.pages.visit import Visit, Visiting
from serving.http.routes.pages.lead import show_lead
from serving.http.routes.rights import found_lead
from serving.lifecycle.moves import NoWayError, ReasonError, UnmetError, UnscoredError, Wish
from serving.lifecycle.stages import Role, Stage
from serving.pages.saying import say
from serving.record.access.audits import note_audit
from serving.record.leads.leads import touch
from serving.record.leads.roots import own_numbers
from serving.record.lifecycle.bant import add_report
from serving.record.scores.feedback import NewFeedback, add_feedback
from serving.scoring.basis import Basis, RulesBasis
from serving.stored.moving import Asked, MovedMeanwhileError, move

_REFUSED: dict[type[Exception], str] = {
    MovedMeanwhileError: "moved_meanwhile",
    NoWayError: "no_such_way",
    UnmetError: "criteria_unmet",
    UnscoredError: "not_scored",
}


def lead_decision_routes() -> APIRouter:
    """Return the paths of the page's forms."""
    routes = page_router()

    @routes.post("/app/moves/{lead_id:id}")
    @for_permission("decide")
    def move_lead(visit: Visiting, lead_id: str) -> Response:
        return _moved(visit, lead_id)

    @routes.post("/app/bant/{lead_id:id}")
    @for_permission("decide")
    def find_out(visit: Visiting, lead_id: str) -> Response:
        return _found_out(visit, lead_id)

    @routes.post("/app/wrong-reasons/{lead_id:id}")
    @for_permission("decide")
    def doubt_reason(visit: Visiting, lead_id: str) -> Response:
        return _doubted(visit, lead_id)

    return routes


def _moved(visit: Visit, lead_id: str) -> Response:
    scores, scoring = visit.state.kept(), visit.state.loaded()
    to, expected = _stage(visit.form.get("to")), _stage(visit.form.get("expected"))
    reason = visit.form.get("reason") or None
    try:
        note = note_of(visit.form)
        with visit.database.writing() as connection:
            lead = found_lead(connection, lead_id)
            wish = Wish(to, _role(visit, expected, to), reason)
            asked = Asked(wish, expected, visit.user.actor, note)
            move(connection, scores, scoring, lead, asked, visit.at)
    except FormMistakeError:
        return show_lead(visit, lead_id, 422, refused="note")
    except ReasonError:
        return show_lead(visit, lead_id, 422, refused="reason")
    except tuple(_REFUSED) as error:
        return show_lead(visit, lead_id, 409, refused=_REFUSED[type(error)])
    return go(visit, lead_path(lead_id), "lead_moved")


def _stage(name: str) -> Stage:
    if name not in get_args(Stage):
        raise PageError(400, "invalid")
    return cast("Stage", name)


def _role(visit: Visit, expected: Stage, to: Stage) -> Role:
    """Return in which role the reader goes a way; as sales, where nobody like them may."""
    lifecycle = visit.state.kept().lifecycle
    ways = [way for way in lifecycle.transitions if way.to == to and expected in way.origins]
    by = tuple(role for way in ways for role in way.by)
    return role_in(visit.user, by) or "sales"


def _found_out(visit: Visit, lead_id: str) -> Response:
    try:
        report = reported(visit.form, visit.user.actor, visit.at)
    except FormMistakeError as error:
        said = {
            field: say(visit.language, f"lead.bant.mistake.{key}")
            for field, key in error.mistakes.items()
        }
        return show_lead(visit, lead_id, 422, bant_mistakes=said)

    def write(connection: Connection) -> None:
        found_lead(connection, lead_id)
        # It stays with the id that it was told of, also where another lead stands for it.
        own = own_numbers(connection, [lead_id])[lead_id]
        if add_report(connection, own, report, visit.at):
            touch(connection, [own], visit.at)
            said = f"bant: {', '.join(report.said)}"
            note_audit(connection, visit.at, report.by, "told", own, said)

    visit.database.write(write)
    return go(visit, lead_path(lead_id), "bant_kept")


def _doubted(visit: Visit, lead_id: str) -> Response:
    subject, scoring = visit.form.get("subject"), visit.state.loaded()
    own = [one.scorer.basis for one in scoring.own if one.scorer is not None]
    bases: list[Basis] = [scoring.basis, *own, RulesBasis(scoring.rules)]
    if subject not in {name for basis in bases for name, _ in basis.about}:
        raise PageError(400, "invalid")

    def write(connection: Connection) -> None:
        found_lead(connection, lead_id)
        own = own_numbers(connection, [lead_id])[lead_id]
        by = visit.user.actor
        new = NewFeedback(own, "wrong_reason", None, subject, by, visit.at)
        add_feedback(connection, new, visit.at)

    visit.database.write(write)
    return go(visit, lead_path(lead_id), "reason_wrong")
