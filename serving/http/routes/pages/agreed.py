"""The pages on the lifecycle and the rules: read, changed after a preview, undone."""

import re
from typing import Annotated, NamedTuple

from fastapi import APIRouter, Path, Response
from sqlalchemy import Connection

from features.contract.document import DocumentError
from serving.agreements import parse_agreement
from serving.http.pages.answers import go, show
from serving.http.pages.mistakes import PageError
from serving.http.pages.route import for_permission, for_users, page_router
from serving.http.pages.visit import Visit, Visiting
from serving.lifecycle.agreement import Lifecycle
from serving.lifecycle.needs import needs_texts
from serving.lifecycle.stages import STAGES, Stage
from serving.pages.conditions import condition_text
from serving.pages.difference import difference
from serving.pages.saying import say
from serving.record.agreements import (
    AgreedMeanwhileError,
    Kind,
    Version,
    agree,
    find_version,
    newest_versions,
    versions_of,
)
from serving.record.users import users_of
from serving.scoring.rules import Rules
from serving.stored.trial import LifecycleTrial, RulesTrial, try_lifecycle, try_rules

AGREED = "/app/agreed"

BIG = 1 / 3
"""A change that moves a larger share of leads must be confirmed once more."""

_MOST_CHARACTERS = 100_000
_MOST_NOTE = 500

Number = Annotated[int, Path(ge=0, lt=2**31)]
"""Of a version; 0 is the file."""


class _Draft(NamedTuple):
    """A change as it was typed; `base` is the version that was changed."""

    text: str
    base: int
    note: str = ""
    undone_from: int | None = None


class _Counted(NamedTuple):
    """How many leads would stand in a stage after a month; None is no stage."""

    stage: Stage | None
    now: int
    then: int


def agreed_routes() -> APIRouter:
    """Return the paths of the pages."""
    routes = page_router()

    @routes.get(AGREED)
    @for_users
    def show_first(visit: Visiting) -> Response:
        return go(visit, f"{AGREED}/lifecycle")

    @routes.get(AGREED + "/{kind}")
    @for_users
    def show_agreed(visit: Visiting, kind: Kind) -> Response:
        return _read(visit, kind)

    @routes.get(AGREED + "/{kind}/edit")
    @for_permission("rules")
    def edit_agreed(visit: Visiting, kind: Kind) -> Response:
        with visit.database.reading() as connection:
            newest = _newest(visit, connection, kind)
        return _edit(visit, kind, _Draft(newest.text, newest.version))

    @routes.post(AGREED + "/{kind}/edit")
    @for_permission("rules")
    def edit_on(visit: Visiting, kind: Kind) -> Response:
        return _edit(visit, kind, _draft(visit))

    @routes.get(AGREED + "/{kind}/versions/{number}")
    @for_users
    def show_version(visit: Visiting, kind: Kind, number: Number) -> Response:
        return _version(visit, kind, number)

    @routes.post(AGREED + "/{kind}/try")
    @for_permission("rules")
    def try_change(visit: Visiting, kind: Kind) -> Response:
        draft = _draft(visit)
        return _refused(visit, kind, draft) or _tried(visit, kind, draft)

    @routes.post(AGREED + "/{kind}")
    @for_permission("rules")
    def keep_change(visit: Visiting, kind: Kind) -> Response:
        draft = _draft(visit)
        return _refused(visit, kind, draft) or _kept(visit, kind, draft)

    return routes


def _draft(visit: Visit) -> _Draft:
    form = visit.form
    numbers = {name: form.get(name) for name in ("base", "undone_from")}
    if not all(re.fullmatch("[0-9]{0,9}", number) for number in numbers.values()):
        raise PageError(400, "invalid")
    undone = numbers["undone_from"]
    # Browsers end lines as Windows does.
    text = form.raw("text").replace("\r\n", "\n")
    return _Draft(
        text if text.endswith("\n") else text + "\n",
        int(numbers["base"] or 0),
        form.get("note")[:_MOST_NOTE],
        int(undone) if undone else None,
    )


def _newest(visit: Visit, connection: Connection, kind: Kind) -> Version:
    return _found(visit, connection, kind, newest_versions(connection)[kind])


def _found(visit: Visit, connection: Connection, kind: Kind, number: int) -> Version:
    if number == 0:
        return Version(kind, 0, visit.state.agreed().files[kind], "", 0)
    found = find_version(connection, kind, number)
    if found is None:
        raise PageError(404, "not_found")
    return found


def _names(connection: Connection) -> dict[str, str]:
    return {user.actor: user.name for user in users_of(connection)}


def _read(visit: Visit, kind: Kind) -> Response:
    agreements = visit.state.agreed()
    with visit.database.reading() as connection:
        kept, names = versions_of(connection, kind), _names(connection)
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
        text=text,
        stages=STAGES,
        needs=lambda criteria: needs_texts(criteria, visit.language),
        condition=lambda rules, rule: condition_text(rules, rule, visit.language),
        kept=kept,
        names=names,
        newest=newest,
        in_force=in_force.version,
        unusable=agreements.unusable.get(kind),
    )


def _edit(
    visit: Visit,
    kind: Kind,
    draft: _Draft,
    status: int = 200,
    *,
    mistakes: tuple[str, ...] = (),
    said: str | None = None,
    newer: Version | None = None,
) -> Response:
    """Show the text to be changed, with what is wrong with it.

    Args:
        visit: Whose.
        kind: What is changed.
        draft: As it was typed.
        status: Of HTTP.
        mistakes: Of the parser, in English.
        said: Key of another mistake.
        newer: What somebody else kept meanwhile; the draft is of an older one.
    """
    names: dict[str, str] = {}
    if newer is not None:
        with visit.database.reading() as connection:
            names = _names(connection)
        draft = draft._replace(base=newer.version)
    return show(
        visit,
        "agreed_edit",
        status,
        kind=kind,
        draft=draft,
        mistakes=mistakes,
        said=None if said is None else say(visit.language, said),
        newer=newer,
        lines=[] if newer is None else difference(newer.text, draft.text),
        names=names,
    )


def _refused(visit: Visit, kind: Kind, draft: _Draft) -> Response | None:
    """Show why a draft cannot be kept, None where it can."""
    if len(draft.text) > _MOST_CHARACTERS:
        return _edit(visit, kind, draft, 422, said="agreed.mistake.long")
    with visit.database.reading() as connection:
        newest = _newest(visit, connection, kind)
    if newest.version != draft.base:
        return _edit(visit, kind, draft, 409, newer=newest)
    if newest.text == draft.text:
        return _edit(visit, kind, draft, 422, said="agreed.mistake.same")
    try:
        parse_agreement(kind, draft.text)
    except DocumentError as error:
        return _edit(visit, kind, draft, 422, mistakes=tuple(str(error).splitlines()))
    return None


def _tried(visit: Visit, kind: Kind, draft: _Draft, status: int = 200) -> Response:
    with visit.database.reading() as connection:
        newest = _newest(visit, connection, kind)
    trial = _trial(visit, kind, draft)
    return show(
        visit,
        "agreed_try",
        status,
        kind=kind,
        draft=draft,
        lines=difference(newest.text, draft.text),
        trial=trial,
        counted=_counted(trial) if isinstance(trial, LifecycleTrial) else [],
        big=trial.share > BIG,
        unsure=status != 200,
    )


def _counted(trial: LifecycleTrial) -> list[_Counted]:
    rows = [
        _Counted(
            stage,
            sum(count for (here, _), count in trial.month.items() if here == stage),
            sum(count for (_, there), count in trial.month.items() if there == stage),
        )
        for stage in (*STAGES, None)
    ]
    return [row for row in rows if row.now or row.then]


def _trial(visit: Visit, kind: Kind, draft: _Draft) -> LifecycleTrial | RulesTrial:
    kept, scoring = visit.state.kept(), visit.state.loaded()
    said = parse_agreement(kind, draft.text)
    if isinstance(said, Lifecycle):
        return try_lifecycle(kept, scoring, said, visit.at)
    assert isinstance(said, Rules)
    return try_rules(kept, scoring.rules, said, visit.at)


def _kept(visit: Visit, kind: Kind, draft: _Draft) -> Response:
    if not visit.form.get("sure") and _trial(visit, kind, draft).share > BIG:
        return _tried(visit, kind, draft, 422)
    try:
        with visit.database.writing() as connection:
            agree(connection, _new(visit, connection, kind, draft))
    except AgreedMeanwhileError:
        with visit.database.reading() as connection:
            newest = _newest(visit, connection, kind)
        return _edit(visit, kind, draft, 409, newer=newest)
    visit.state.agreed().look_soon()
    return go(visit, f"{AGREED}/{kind}", "agreed")


def _new(visit: Visit, connection: Connection, kind: Kind, draft: _Draft) -> Version:
    undone = draft.undone_from
    # Whoever changes more than to go back does not go back.
    if undone is not None and _found(visit, connection, kind, undone).text != draft.text:
        undone = None
    by, note = visit.user.actor, draft.note or None
    return Version(kind, draft.base + 1, draft.text, by, visit.at, note, undone)


def _version(visit: Visit, kind: Kind, number: int) -> Response:
    with visit.database.reading() as connection:
        shown = _found(visit, connection, kind, number)
        newest = newest_versions(connection)[kind]
        before = _found(visit, connection, kind, max(number - 1, 0))
        names = _names(connection)
    return show(
        visit,
        "agreed_version",
        kind=kind,
        shown=shown,
        newest=newest,
        lines=difference(before.text, shown.text),
        names=names,
    )
