"""Changes of the lifecycle and the rules: edited, tried on the leads of a month, kept."""

from typing import NamedTuple

from fastapi import APIRouter, Response

from features.contract.document import DocumentError
from serving.agreements import parse_agreement
from serving.http.pages.answers import go, show
from serving.http.pages.draft import Draft, drafted, new_version, newest_version
from serving.http.pages.route import for_permission, page_router
from serving.http.pages.visit import Visit, Visiting
from serving.http.routes.pages.agreed import AGREED
from serving.lifecycle.agreement import Lifecycle
from serving.lifecycle.stages import STAGES, Stage
from serving.pages.difference import difference
from serving.pages.mistakes import mistake_told
from serving.pages.saying import say
from serving.record.access.users import names_of
from serving.record.lifecycle.agreements import AgreedMeanwhileError, Kind, Version, agree
from serving.scoring.rules import Rules
from serving.stored.trial import LifecycleTrial, RulesTrial, try_lifecycle, try_rules

BIG = 1 / 3
"""A change that moves a larger share of leads must be confirmed once more."""

_MOST_CHARACTERS = 100_000


class _Counted(NamedTuple):
    """How many leads would stand in a stage after a month; None is no stage."""

    stage: Stage | None
    now: int
    then: int


def agreed_change_routes() -> APIRouter:
    """Return the paths of the pages by which agreements are changed."""
    routes = page_router()

    @routes.get(AGREED + "/{kind}/edit")
    @for_permission("rules")
    def edit_agreed(visit: Visiting, kind: Kind) -> Response:
        with visit.database.reading() as connection:
            newest = newest_version(visit, connection, kind)
        return _edit(visit, kind, Draft(newest.text, newest.version))

    @routes.post(AGREED + "/{kind}/edit")
    @for_permission("rules")
    def edit_on(visit: Visiting, kind: Kind) -> Response:
        return _edit(visit, kind, drafted(visit))

    @routes.post(AGREED + "/{kind}/try")
    @for_permission("rules")
    def try_change(visit: Visiting, kind: Kind) -> Response:
        draft = drafted(visit)
        return _refused(visit, kind, draft) or _tried(visit, kind, draft)

    @routes.post(AGREED + "/{kind}")
    @for_permission("rules")
    def keep_change(visit: Visiting, kind: Kind) -> Response:
        draft = drafted(visit)
        return _refused(visit, kind, draft) or _kept(visit, kind, draft)

    return routes


def _edit(
    visit: Visit,
    kind: Kind,
    draft: Draft,
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
            names = names_of(connection)
        draft = draft._replace(base=newer.version)
    return show(
        visit,
        "agreed_edit",
        status,
        kind=kind,
        draft=draft,
        mistakes=[mistake_told(one, visit.language) for one in mistakes],
        said=None if said is None else say(visit.language, said),
        newer=newer,
        lines=[] if newer is None else difference(newer.text, draft.text),
        names=names,
    )


def _refused(visit: Visit, kind: Kind, draft: Draft) -> Response | None:
    """Show why a draft cannot be kept, None where it can."""
    if len(draft.text) > _MOST_CHARACTERS:
        return _edit(visit, kind, draft, 422, said="agreed.mistake.long")
    with visit.database.reading() as connection:
        newest = newest_version(visit, connection, kind)
    if newest.version != draft.base:
        return _edit(visit, kind, draft, 409, newer=newest)
    if newest.text == draft.text:
        return _edit(visit, kind, draft, 422, said="agreed.mistake.same")
    try:
        parse_agreement(kind, draft.text)
    except DocumentError as error:
        return _edit(visit, kind, draft, 422, mistakes=tuple(str(error).splitlines()))
    return None


def _tried(visit: Visit, kind: Kind, draft: Draft, status: int = 200) -> Response:
    with visit.database.reading() as connection:
        newest = newest_version(visit, connection, kind)
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


def _trial(visit: Visit, kind: Kind, draft: Draft) -> LifecycleTrial | RulesTrial:
    kept, scoring = visit.state.kept(), visit.state.loaded()
    said = parse_agreement(kind, draft.text)
    if isinstance(said, Lifecycle):
        return try_lifecycle(kept, scoring, said, visit.at)
    assert isinstance(said, Rules)
    return try_rules(kept, scoring.rules, said, visit.at)


def _kept(visit: Visit, kind: Kind, draft: Draft) -> Response:
    if not visit.form.get("sure") and _trial(visit, kind, draft).share > BIG:
        return _tried(visit, kind, draft, 422)
    try:
        with visit.database.writing() as connection:
            agree(connection, new_version(visit, connection, kind, draft))
    except AgreedMeanwhileError:
        with visit.database.reading() as connection:
            newest = newest_version(visit, connection, kind)
        return _edit(visit, kind, draft, 409, newer=newest)
    visit.state.agreed().look_soon()
    return go(visit, f"{AGREED}/{kind}", "agreed")
