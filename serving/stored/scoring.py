"""Scores of stored leads, by id; the same answer as a request with the same history."""

import time
from collections.abc import Mapping, Sequence

from sqlalchemy import Connection

from features.contract.language import Language
from features.contract.lead import ContractError
from features.contract.mistake import MistakeError
from serving.agreements import Agreements
from serving.lifecycle.agreement import Lifecycle, read_lifecycle
from serving.record.database.database import Database
from serving.record.leads.cases import stored_cases
from serving.record.leads.leads import StoredLead, parts_of
from serving.record.leads.members import find_with_parts
from serving.record.privacy.consents import without_basis
from serving.record.privacy.policy import Policy
from serving.record.scores.scores import GivenScore
from serving.scoring.answer import Answer
from serving.scoring.scoring import Scoring
from serving.stored.ledger import Ledger
from serving.stored.shadow import Shadow


class UnknownLeadError(MistakeError):
    """The record has no such lead, or had none at that moment."""


class NotScoredError(MistakeError):
    """A lead that may not be scored; the message says why."""


Outcome = Answer | UnknownLeadError | NotScoredError | ContractError


class StoredScores:
    """Scores leads of the record; safe to call from several threads.

    Attributes:
        database: Of the record.
        policy: Which leads may be scored.
        lifecycle: What marketing and sales agreed on.
        ledger: Notes the scores that are given.
        shadow: Lets a challenger score the same; None without one.
        agreements: Keeps the lifecycle to what was agreed on last; None where nothing does.
    """

    def __init__(
        self, database: Database, policy: Policy, lifecycle: Lifecycle | None = None
    ) -> None:
        """Read leads from a database, and score those that a policy allows.

        Args:
            database: Of the record.
            policy: Which leads may be scored.
            lifecycle: How leads are moved; None is the agreement that ships with the product.
        """
        self.database = database
        self.policy = policy
        self.lifecycle = read_lifecycle() if lifecycle is None else lifecycle
        self.ledger = Ledger(database)
        self.shadow: Shadow | None = None
        self.agreements: Agreements | None = None

    def close(self) -> None:
        """Write down what was said, and let go of the database."""
        if self.agreements is not None:
            self.agreements.stop()
        if self.shadow is not None:
            self.shadow.stop()
        self.ledger.stop()
        self.database.close()

    def challenge(self, number: int, as_of: int) -> None:
        """Let the challenger, if there is one, score a lead that was scored as of a moment."""
        if self.shadow is not None:
            self.shadow.note(number, as_of)

    def score(
        self, scoring: Scoring, lead_ids: Sequence[str], as_of: int, language: Language | None
    ) -> tuple[list[Outcome], dict[str, StoredLead]]:
        """Score leads at a moment, each on its own.

        Args:
            scoring: The model and the rules.
            lead_ids: In any order; the same may come twice.
            as_of: Microseconds since 1970.
            language: Of the reasons; None leaves it to the service.

        Returns:
            One outcome for each id, in order; and the leads that stand for the ids.

        Raises:
            RecordAwayError: The database does not answer.
        """
        with self.database.reading() as connection:
            found, parts = find_with_parts(connection, set(lead_ids))
            leads = list(found.values())
            scored = self._outcomes(connection, scoring, (leads, parts), as_of, language)
        by_number = dict(zip([lead.number for lead in found.values()], scored, strict=True))
        unknown = UnknownLeadError("the record has no such lead; PUT it, or send events of it")
        outcomes = [
            by_number[found[lead_id].number] if lead_id in found else unknown
            for lead_id in lead_ids
        ]
        return outcomes, found

    def outcomes(
        self,
        connection: Connection,
        scoring: Scoring,
        leads: Sequence[StoredLead],
        as_of: int,
        language: Language | None,
    ) -> list[Outcome]:
        """Return what is to be said of leads, in order, inside an open transaction."""
        parts = parts_of(connection, [lead.number for lead in leads])
        return self._outcomes(connection, scoring, (leads, parts), as_of, language)

    def _outcomes(
        self,
        connection: Connection,
        scoring: Scoring,
        asked: tuple[Sequence[StoredLead], Mapping[int, int]],
        as_of: int,
        language: Language | None,
    ) -> list[Outcome]:
        leads, parts = asked
        refused = self.refused(connection, leads, parts, as_of)
        allowed = [lead for lead in leads if lead.number not in refused]
        cases = stored_cases(connection, allowed, parts, as_of, language)
        answers = iter(scoring.score_all(cases, time.monotonic()))
        return [refused[lead.number] if lead.number in refused else next(answers) for lead in leads]

    def refused(
        self,
        connection: Connection,
        leads: Sequence[StoredLead],
        parts: Mapping[int, int],
        as_of: int,
    ) -> dict[int, NotScoredError | UnknownLeadError]:
        """Return why leads may not be scored at a moment, by number; others are left out.

        Whether they may is a matter of the bases that stand now, whichever moment is asked about.

        Args:
            connection: Reading.
            leads: That stand for themselves.
            parts: By number of each part of the leads, for which it stands.
            as_of: Microseconds since 1970.
        """
        bases = self.policy.profiling.bases
        barred = without_basis(connection, parts, bases)
        refused: dict[int, NotScoredError | UnknownLeadError] = {}
        for lead in leads:
            if lead.created > as_of:
                refused[lead.number] = UnknownLeadError("it was created after as_of")
            elif lead.kind == "visitor":
                refused[lead.number] = NotScoredError(
                    "nobody knows yet who this visitor is; only leads are scored"
                )
            elif lead.number in barred:
                refused[lead.number] = NotScoredError(
                    f"no basis for profiling is recorded and not withdrawn ({', '.join(bases)})"
                )
        return refused


def given_score(number: int, answer: Answer, as_of: int, now: int) -> GivenScore:
    """Return what the record keeps of an answer.

    Args:
        number: Of the lead.
        answer: What was said.
        as_of: Microseconds since 1970.
        now: Microseconds since 1970.
    """
    contributions: dict[str, float] = {}
    # Several rules may be about one subject.
    for reason in answer.reasons:
        before = contributions.get(reason.subject, 0.0)
        contributions[reason.subject] = before + reason.contribution
    return GivenScore(
        lead=number,
        as_of=as_of,
        given=now,
        probability=answer.probability,
        score=answer.score,
        grade=answer.grade,
        basis=answer.basis,
        fallback_reason=answer.fallback_reason,
        model_version=answer.model_version,
        rules=answer.rules,
        log_odds=answer.log_odds,
        base_log_odds=answer.base_log_odds,
        contributions={**contributions, "other": answer.other_contribution},
    )
