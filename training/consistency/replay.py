"""Scores given again offline: by the features that training computes, from the record."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from sqlalchemy import Connection

from features.declaration.feature_set import FeatureSet
from features.history.history import History
from features.history.sources import ProfileFields
from features.local import LocalFeatures
from serving.scoring.answer import Assessment, assess
from serving.scoring.basis import Basis
from training.consistency.given import Given
from training.consistency.past import Past, Seen, StoredEvent
from training.consistency.roots import Roots
from training.record.declared import (
    COMPANY_EVENTS,
    EVENTS,
    LEADS,
    NUMBER,
    PROFILES,
    tables_with,
)
from training.record.events import event_columns
from training.record.profiles import ProfileRows
from training.record.tables import RecordTables


def fields_of(feature_set: FeatureSet) -> ProfileFields:
    """Return the profile fields that features read."""
    return ProfileFields(
        numeric=tuple(feature_set.numbers), categorical=tuple(feature_set.categories)
    )


class LearnedReplay:
    """Replays scores from the history that training reads: what was recorded by each moment."""

    def __init__(self, history: History, basis: Basis) -> None:
        """Take the history of a record, read for the fields of a basis."""
        self._basis = basis
        self._created = history.leads().created
        self._features = LocalFeatures(basis.feature_set, history)
        numbers = history.leads().carried[NUMBER]
        self._codes = {int(number): code for code, number in enumerate(numbers)}

    @property
    def leads(self) -> set[int]:
        """The numbers of the leads that training has."""
        return {*self._codes}

    def assessments(self, given: Sequence[Given]) -> dict[int, Assessment]:
        """Return what training sees of scores, by position; not of those it has no lead for."""
        rows = [
            (code, one.as_of, position)
            for position, one in enumerate(given)
            if (code := self._codes.get(one.lead)) is not None and self._created[code] <= one.as_of
        ]
        if not rows:
            return {}
        lead, as_of, position = np.array(sorted(rows), dtype=np.int64).T
        said = assess(self._basis, self._features.table(lead, as_of))
        return dict(zip(position.tolist(), said, strict=True))


class PastReplay:
    """Replays scores from what had come in by then: late, merged or moved as it may be since."""

    def __init__(self, connection: Connection, basis: Basis) -> None:
        """Replay what a basis said."""
        self._connection = connection
        self._basis = basis
        self._roots = Roots(connection)
        self._fields = fields_of(basis.feature_set)

    def assessments(self, given: Sequence[Given]) -> list[list[Assessment]]:
        """Return what may have been said at each score, the likeliest first.

        It is nothing where the lead was not there then, and several where something was coming in.
        """
        numbers = {one.lead for one in given}
        companies = "account" in self._basis.feature_set.levels
        past = Past(self._connection, self._roots, numbers, companies=companies)
        asked = [
            (position, one.as_of, seen)
            for position, one in enumerate(given)
            for border in past.borders(one.lead, one.as_of)
            if (seen := past.seen(one.lead, one.as_of, border)) is not None
        ]
        found: list[list[Assessment]] = [[] for _ in given]
        for (position, _, _), said in zip(asked, self._assess(asked), strict=True):
            found[position].append(said)
        return found

    def _assess(self, asked: Sequence[tuple[int, int, Seen]]) -> list[Assessment]:
        """Return what is said of leads as they were seen: each is a lead of its own."""
        if not asked:
            return []
        with tempfile.TemporaryDirectory(prefix="leadscore-") as folder:
            with RecordTables(Path(folder), self._fields) as tables:
                self._write(tables, [seen for _, _, seen in asked])
            with History.open(tables_with(self._fields), self._fields, Path(folder)) as history:
                place = history.leads().lead_id.astype(np.int64)
                as_of = np.array([moment for _, moment, _ in asked], dtype=np.int64)[place]
                features = LocalFeatures(self._basis.feature_set, history)
                said = assess(self._basis, features.table(np.arange(len(place)), as_of))
        by_place = dict(zip(place.tolist(), said, strict=True))
        return [by_place[position] for position in range(len(asked))]

    def _write(self, tables: RecordTables, every: Sequence[Seen]) -> None:
        keys = [str(place) for place in range(len(every))]
        tables.write(
            LEADS,
            {
                "lead_id": keys,
                "created_at": [seen.created for seen in every],
                "account_id": [
                    None if seen.account_id is None else key
                    for key, seen in zip(keys, every, strict=True)
                ],
                NUMBER: range(len(every)),
            },
        )
        rows = ProfileRows(self._fields)
        lines = [
            rows.line(key, (seen.created, seen.profile))
            for key, seen in zip(keys, every, strict=True)
        ]
        tables.write(PROFILES, dict(zip(rows.columns, zip(*lines, strict=True), strict=True)))
        _write_events(tables, EVENTS, "lead_id", [seen.events for seen in every])
        _write_events(tables, COMPANY_EVENTS, "account_id", [seen.company_events for seen in every])


def _write_events(
    tables: RecordTables, name: str, key: str, every: Sequence[Sequence[StoredEvent]]
) -> None:
    events = [one for some in every for one in some]
    if events:
        keys = [str(place) for place, some in enumerate(every) for _ in some]
        *columns, _ = zip(*events, strict=True)
        tables.write(name, {key: keys, **event_columns(columns)})
