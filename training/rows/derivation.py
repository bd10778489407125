"""The feature set of a project: derived from its data, then changed as the project says."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TypeGuard

from features.contract.document import suggestion
from features.contract.duration import DAY_US, parse_duration
from features.contract.mistake import MistakeError
from features.contract.personal import holds_email
from features.declaration.feature_set import (
    Behaviour,
    Feature,
    FeatureSet,
    LeadAge,
    Level,
    MissingCount,
    ProfileCategory,
    ProfileNumber,
    Season,
)
from features.declaration.operators import OperatorName
from features.history.history import EventTypeSummary
from features.wording.words import number_text, window_words
from training.project.project import Project

_MONTH = parse_duration("30d")
_WEEK = parse_duration("7d")

_ACCOUNT_EVENT_TYPES = 5
"""How many of the most frequent event types get features of the account, too."""


class FeatureChoiceError(MistakeError):
    """A feature choice of the project does not fit; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Derived:
    """The features of a project.

    Attributes:
        feature_set: Those that are computed.
        notes: Sentences on what was left out of them.
    """

    feature_set: FeatureSet
    notes: tuple[str, ...]


def derive_feature_set(
    project: Project, event_types: list[EventTypeSummary], *, accounts_tell_more: bool
) -> Derived:
    """Return the features of a project.

    Args:
        project: Its profile fields and feature choices.
        event_types: Most frequent first, as seen before the newest slice.
        accounts_tell_more: Whether any account did more than its single lead.

    Raises:
        FeatureChoiceError: `remove` names a feature that is not there, nothing is left, or an event
            type is an e-mail address.
    """
    top = event_types[: project.features.top_event_types]
    if any(holds_email(summary.event_type) for summary in top):
        raise FeatureChoiceError(
            "event types hold e-mail addresses; personal data never becomes a feature, map "
            "event_type to another column"
        )
    features: list[Feature] = [*_profile(project)]
    if event_types:
        features += _of_events(project, top)
        if project.features.account and accounts_tell_more:
            features += _of_account(project, top[:_ACCOUNT_EVENT_TYPES])
    if project.sources.leads.dated:
        features.append(LeadAge())
    if project.stages is not None:
        features += [Season(wave="sine"), Season(wave="cosine")]
    unique: dict[str, Feature] = {}
    for feature in (*features, *project.features.add):
        unique.setdefault(feature.name, feature)
    wanted = _without(list(unique.values()), project.features.remove)
    lags = _shortest_lags(event_types)
    empty = [f for f in wanted if f not in project.features.add and _is_always_empty(f, lags)]
    kept = [f for f in wanted if f not in empty]
    if all(feature.kind == "season" for feature in kept):
        raise FeatureChoiceError("no feature is left; name profile fields or bring events")
    feature_set = FeatureSet(features=tuple(kept), names=project.labels)
    return Derived(feature_set, tuple(_left_out(empty, lags)))


def _profile(project: Project) -> Iterable[Feature]:
    profile = project.profile
    yield from (ProfileNumber(field=field) for field in profile.numeric)
    yield from (ProfileCategory(field=field) for field in profile.categorical)
    if profile.numeric or profile.categorical:
        yield MissingCount()


def _of_events(project: Project, top: list[EventTypeSummary]) -> Iterable[Feature]:
    for window in project.features.windows:
        yield Behaviour(operator="count", window=window)
    yield Behaviour(operator="active_days", window=_MONTH)
    yield Behaviour(operator="days_since_last")
    yield Behaviour(operator="decayed_count", half_life=_WEEK)
    yield Behaviour(operator="trend", window=_WEEK)
    for summary in top:
        name = summary.event_type
        for window in project.features.windows:
            yield Behaviour(operator="count", event_type=name, window=window)
        yield Behaviour(operator="days_since_last", event_type=name)
        yield Behaviour(operator="days_since_first", event_type=name)
        if summary.value_share > 0:
            yield from _over_month(name, "sum", "max", "mean")
        if summary.item_share > 0:
            yield from _over_month(name, "distinct_items")


def _over_month(event_type: str, *operators: OperatorName) -> Iterable[Feature]:
    for operator in operators:
        yield Behaviour(operator=operator, event_type=event_type, window=_MONTH)


def _of_account(project: Project, top: list[EventTypeSummary]) -> Iterable[Feature]:
    level: Level = "account"
    for window in project.features.windows:
        yield Behaviour(operator="count", window=window, level=level)
    yield Behaviour(operator="active_days", window=_MONTH, level=level)
    yield Behaviour(operator="days_since_last", level=level)
    for summary in top:
        name = summary.event_type
        yield Behaviour(operator="count", event_type=name, window=_MONTH, level=level)


def _shortest_lags(event_types: list[EventTypeSummary]) -> dict[str | None, int]:
    """Return how long after it happened an event is known at the earliest; None means every."""
    lags: dict[str | None, int] = {s.event_type: s.shortest_lag for s in event_types}
    return lags | {None: min(lags.values(), default=0)}


def _is_always_empty(feature: Feature, lags: Mapping[str | None, int]) -> TypeGuard[Behaviour]:
    """Tell whether events are too old for a feature's window whenever they are known."""
    if not isinstance(feature, Behaviour) or feature.window is None:
        return False
    windows = 2 if feature.operator == "trend" else 1
    return windows * feature.window < lags.get(feature.event_type, 0)


def _left_out(empty: list[Behaviour], lags: Mapping[str | None, int]) -> Iterable[str]:
    for event_type in dict.fromkeys(feature.event_type for feature in empty):
        windows = {f.window for f in empty if f.event_type == event_type and f.window is not None}
        listed = ", ".join(window_words(window, "en") for window in sorted(windows))
        known = f"{number_text(lags[event_type] / DAY_US, 'en')} days after it happens"
        what = "No event" if event_type is None else f"No event '{event_type}'"
        yield f"{what} is known before {known}: windows of {listed}, always empty, were left out."


def _without(features: list[Feature], patterns: tuple[str, ...]) -> list[Feature]:
    names = [feature.name for feature in features]
    for pattern in patterns:
        if not any(_matches(name, pattern) for name in names):
            raise FeatureChoiceError(
                f"features.remove names '{pattern}', which is no feature; "
                f"{suggestion(pattern, names)}"
            )
    return [f for f in features if not any(_matches(f.name, pattern) for pattern in patterns)]


def _matches(name: str, pattern: str) -> bool:
    return name == pattern or fnmatchcase(name, pattern)
