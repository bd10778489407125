"""Whether training sees what the service saw: scores that were given, replayed and counted."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from sqlalchemy import func, select

from features.contract.mistake import MistakeError
from serving.record.privacy.erasure import ERASED
from serving.record.schema import audit
from serving.scoring.basis import Basis
from training.consistency.bases import GivenBases
from training.consistency.difference import differences
from training.consistency.given import Given, GivenScores
from training.consistency.outcome import Consistency
from training.consistency.replay import LearnedReplay, PastReplay, fields_of
from training.progress import Progress
from training.project.project import Project
from training.record.history import record_history
from training.record.identities import Identities, read_identities
from training.record.opened import Record, opened_record

_AT_ONCE = 500
"""Scores replayed at a time by what was known then: each brings a copy of its company's events."""


class NoRecordError(MistakeError):
    """A project whose leads are not those of a record."""


def check_consistency(
    project: Project,
    folder: Path,
    progress: Progress,
    bases: GivenBases,
    *,
    since: int | None,
    limit: int,
) -> Consistency:
    """Replay the newest scores that a record has given, each by what it rested on.

    Args:
        project: Whose leads are those of the record.
        folder: What its paths are relative to.
        progress: Where progress is shown.
        bases: What scores rested on.
        since: Microseconds since 1970; earlier scores are left out. None means all.
        limit: Most scores.

    Raises:
        NoRecordError: The project has another source.
        RecordError: The record cannot be had.
    """
    if project.source != "record":
        raise NoRecordError("there are scores of a record only; set source = 'record'")
    with opened_record(project.record.beside(folder)) as record:
        scores, found = GivenScores(record.connection, since, limit), Consistency()
        identities = read_identities(record)
        for giver, count in scores.givers().items():
            basis = bases.of(giver)
            if isinstance(basis, str):
                found.others[basis] += count
                continue
            replay = _Replay(record, basis, identities, found)
            with progress.step("Reading the record") as detail:
                history = record_history(record, fields_of(basis.feature_set), on_step=detail)
            with history, progress.bar(f"Replaying {basis.version or 'rules'}", count) as advance:
                learned = LearnedReplay(history, basis)
                for given in scores.of(giver):
                    replay.run(learned, given)
                    advance(len(given))
        found.extra = len({*identities.number[identities.learned].tolist()} - scores.leads())
    return found


class _Replay:
    """Replays scores of one basis: as training sees them; if that differs, as it was seen then."""

    def __init__(
        self, record: Record, basis: Basis, identities: Identities, found: Consistency
    ) -> None:
        self._past = PastReplay(record.connection, basis)
        self._identities = identities
        self._found = found
        self._of_companies = "account" in basis.feature_set.levels
        newest = select(func.max(audit.c.at)).where(audit.c.action == ERASED)
        self._erased = record.connection.execute(newest).scalar_one_or_none() or 0

    def run(self, learned: LearnedReplay, given: Sequence[Given]) -> None:
        """Replay scores, and count what becomes of them."""
        who = self._identities.stand_ins(np.array([one.lead for one in given], dtype=np.int64))
        allowed = self._identities.learned[who].tolist()
        self._found.missing += allowed.count(False)
        there = [one for one, may in zip(given, allowed, strict=True) if may]
        said = learned.assessments(there)
        left = [
            one
            for position, one in enumerate(there)
            if position not in said or differences(one, said[position])
        ]
        self._found.match += len(there) - len(left)
        for start in range(0, len(left), _AT_ONCE):
            self._as_seen_then(left[start : start + _AT_ONCE])

    def _as_seen_then(self, given: Sequence[Given]) -> None:
        found = self._found
        for one, assessments in zip(given, self._past.assessments(given), strict=True):
            different = [differences(one, said) for said in assessments]
            if not all(different):
                found.match += 1
                found.otherwise += 1
            elif self._lost(one):
                found.unknowable += 1
            else:
                found.differs(one, different[0] if different else {"created_at": np.nan})

    def _lost(self, given: Given) -> bool:
        """Tell whether somebody of a lead's company may have been erased since its score."""
        [who] = self._identities.stand_ins(np.array([given.lead], dtype=np.int64))
        of_company = self._of_companies and self._identities.account_id[who] is not None
        return of_company and self._erased > given.as_of
