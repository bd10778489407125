"""Which field that is missing of a lead would, once known, move its probability most.

Each value that other leads have is tried on the lead by the same scoring, at the same moment; what
moves by it is weighed by the share of those leads that have it.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from statistics import median_low
from typing import NamedTuple

from sqlalchemy import Connection, select

from features.contract.case import Case
from features.contract.category import category_key
from features.contract.language import Language
from features.contract.lead import ProfileValue
from features.declaration.feature_set import ProfileCategory, ProfileNumber
from features.wording.labels import feature_label
from serving.record.leads.leads import StoredLead, parts_of
from serving.record.leads.profiles import profiles
from serving.record.privacy.consents import without_basis
from serving.record.privacy.policy import Policy
from serving.record.schema import lead
from serving.scoring.basis import Basis
from serving.scoring.scoring import Scoring

OTHERS = 1_000
"""Leads whose values are counted: those that came last and may be profiled."""

MOST_FIELDS = 10
"""The most important ones that are missing; at most 100 scorings answer a question."""

MOST_VALUES = 10
"""Of one field: its most frequent ones; of more numbers, the middles of as many equal parts."""

LEAST_LEADS = 3
"""A value that fewer leads have is not tried: it tells little, and might tell of somebody."""

NOT_ASKED = frozenset({"free_mailer", "phone_country"})
"""Facts that follow from contacts; nobody is asked for them."""

Derive = Callable[
    [Mapping[str, ProfileValue], Mapping[str, ProfileValue]], Mapping[str, ProfileValue]
]
"""Returns what follows from values that are told, given what was known before."""


class PossibleAnswer(NamedTuple):
    """A value that a field may have.

    Attributes:
        value: As leads have it.
        share: Of the leads whose values were tried.
        probability: That the lead would have.
    """

    value: ProfileValue
    share: float
    probability: float


class Question(NamedTuple):
    """What is to be asked of a lead.

    Attributes:
        field: Of the profile.
        label: What it is called.
        probability: Of the lead as it is.
        expected_move: By how much the probability moves on average, up or down.
        low: The lowest that it would be.
        high: The highest.
        leads: How many leads' values were tried.
        answers: The values, the most frequent first.
    """

    field: str
    label: str
    probability: float
    expected_move: float
    low: float
    high: float
    leads: int
    answers: tuple[PossibleAnswer, ...]


def next_questions(
    connection: Connection,
    policy: Policy,
    scoring: Scoring,
    asked: tuple[StoredLead, Case],
    derive: Derive,
    language: Language,
) -> list[Question]:
    """Return what to ask of a lead, by how much the answer would move; first what moves most.

    Fields of which too few leads have any value are left out. Shares are those among other leads,
    whatever else is known of this one.

    Args:
        connection: Reading.
        policy: Which bases for profiling count.
        scoring: The model and the rules.
        asked: The lead and its case, which may be scored.
        derive: What follows from a value.
        language: Of labels.

    Raises:
        ContractError: The lead's data cannot be read as its features want them.
    """
    stored, case = asked
    basis = scoring.of(case.lead.profile).basis
    fields = _missing(basis, case)
    others = _others(connection, policy, stored, case.as_of)
    tried = {
        name: _values(about, [one.get(name) for one in others]) for name, about in fields.items()
    }
    supposed = [_with(case, name, value, derive) for name in fields for value, _ in tried[name]]
    # Where an answer would make it a lead of another use case, the model of that one says it.
    chances = iter(scoring.probabilities([case, *supposed]))
    before = next(chances)
    found = [
        _question(
            (name, feature_label(about, basis.feature_set, language)),
            before,
            [(*one, next(chances)) for one in tried[name]],
        )
        for name, about in fields.items()
        if tried[name]
    ]
    return sorted(found, key=lambda one: (-one.expected_move, one.field))


def _missing(basis: Basis, case: Case) -> dict[str, ProfileNumber | ProfileCategory]:
    """Return the fields that can be asked for, by name, the most important first."""
    known = case.lead.profile
    read = {
        feature.field: feature
        for feature in basis.feature_set.features
        if isinstance(feature, ProfileNumber | ProfileCategory)
        and known.get(feature.field) is None
        and feature.field not in NOT_ASKED
    }
    weights = {name: basis.importance.get(about.name, 0.0) for name, about in read.items()}
    first = sorted(read, key=lambda name: (-weights[name], name))[:MOST_FIELDS]
    return {name: read[name] for name in first}


def _others(
    connection: Connection, policy: Policy, but: StoredLead, as_of: int
) -> list[dict[str, ProfileValue]]:
    """Return the profiles of the leads that came last."""
    numbers = connection.execute(
        select(lead.c.number)
        .where(
            lead.c.number == lead.c.root, lead.c.kind == "lead", lead.c.number != but.number,
            lead.c.created <= as_of,
        )
        .order_by(lead.c.root.desc(), lead.c.number.desc())
        .limit(OTHERS)
    ).scalars().all()  # fmt: skip
    parts = parts_of(connection, numbers)
    barred = without_basis(connection, parts, policy.profiling.bases)
    allowed = {part: root for part, root in parts.items() if root not in barred}
    return list(profiles(connection, allowed, as_of).values())


def _values(
    about: ProfileNumber | ProfileCategory, told: Sequence[ProfileValue]
) -> list[tuple[ProfileValue, int]]:
    """Return values that enough leads have, each with how many; the most frequent first."""
    known = [value for value in told if value is not None]
    if isinstance(about, ProfileNumber):
        # What is no number cannot be read here.
        return _parts(sorted(v for v in known if not isinstance(v, str | bool)))
    spelled: dict[tuple[type, str], Counter[ProfileValue]] = {}
    for value in known:
        key = (type(value), category_key(str(value), boolean=False))
        spelled.setdefault(key, Counter())[_shown(value)] += 1
    counted = [
        (min(of, key=lambda value: (-of[value], str(value))), of.total())
        for of in spelled.values()
        if of.total() >= LEAST_LEADS
    ]
    return sorted(counted, key=lambda one: (-one[1], str(one[0])))[:MOST_VALUES]


def _shown(value: ProfileValue) -> ProfileValue:
    return value.strip() if isinstance(value, str) else value


def _parts(numbers: Sequence[float]) -> list[tuple[ProfileValue, int]]:
    """Return ascending numbers, each with how many have it; of many, the middles of equal parts."""
    few = Counter(numbers)
    if len(few) <= MOST_VALUES:
        common = [(number, count) for number, count in few.items() if count >= LEAST_LEADS]
        return sorted(common, key=lambda one: (-one[1], one[0]))
    parts = min(MOST_VALUES, len(numbers) // LEAST_LEADS)
    borders = [len(numbers) * place // parts for place in range(parts + 1)] if parts else []
    counted: Counter[float] = Counter()
    for begin, end in pairwise(borders):
        counted[median_low(numbers[begin:end])] += end - begin
    return sorted(counted.items(), key=lambda one: (-one[1], one[0]))


def _with(case: Case, name: str, value: ProfileValue, derive: Derive) -> Case:
    """Return the case as it would be if a field had a value."""
    known = case.lead.profile
    profile = {**known, name: value, **derive({name: value}, known)}
    return replace(case, lead=replace(case.lead, profile=profile))


def _question(
    called: tuple[str, str],
    before: float,
    tried: Sequence[tuple[ProfileValue, int, float]],
) -> Question:
    leads = sum(count for _, count, _ in tried)
    answers = tuple(PossibleAnswer(value, count / leads, chance) for value, count, chance in tried)
    field, label = called
    return Question(
        field=field,
        label=label,
        probability=before,
        expected_move=sum(one.share * abs(one.probability - before) for one in answers),
        low=min(one.probability for one in answers),
        high=max(one.probability for one in answers),
        leads=leads,
        answers=answers,
    )
