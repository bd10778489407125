"""What is older than a policy allows, counted or let go; without a mark: it may come again."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from sqlalchemy import Column, ColumnElement, Connection, Table, func, select

from serving.record.access.audits import note_audit
from serving.record.database.database import Database
from serving.record.database.membership import among
from serving.record.leads.leads import parts_of
from serving.record.privacy.erasure import remove_leads
from serving.record.privacy.policy import Retention
from serving.record.queue.outbox import WAITING
from serving.record.schema import (
    audit,
    bant_report,
    challenge,
    current_score,
    delivery,
    lead,
    outbox,
    score_given,
)

BATCH = 500
"""Rows of one transaction; nobody else can write to SQLite for as long."""

ACTOR = "leadscore db retain"


class Rule(NamedTuple):
    """What one period is about.

    Attributes:
        table: Whose rows go, by their `number`.
        since: From when a row's age counts.
        also: What else must hold of a row that goes.
        order: In which the oldest come first.
    """

    table: Table
    since: Column[int]
    also: ColumnElement[bool]
    order: tuple[Column[int], ...]

    def old(self, border: int) -> ColumnElement[bool]:
        """Return the condition of the rows that go; one that is exactly at the border stays."""
        return (self.since < border) & self.also


def _leads(kind: str) -> Rule:
    own = (lead.c.kind == kind) & (lead.c.number == lead.c.root)
    return Rule(lead, lead.c.changed, own, (lead.c.changed, lead.c.number))


def _rows(table: Table, since: Column[int], also: ColumnElement[bool]) -> Rule:
    # Numbers count up with time, so the oldest are found without looking at all.
    return Rule(table, since, also, (table.c.number,))


_newest = select(current_score.c.lead).where(current_score.c.given == score_given.c.number)
_on_its_way = select(delivery.c.outbox).where(
    delivery.c.outbox == outbox.c.number, delivery.c.state == WAITING
)

_RULES: Mapping[str, tuple[Rule, ...]] = {
    "leads_without_activity": (_leads("lead"),),
    "visitors": (_leads("visitor"),),
    # The newest score of a lead is what lists show.
    "scores": (
        _rows(score_given, score_given.c.given, ~_newest.exists()),
        _rows(challenge, challenge.c.given, challenge.c.number > 0),
    ),
    "bant": (_rows(bant_report, bant_report.c.recorded, bant_report.c.number > 0),),
    "audit": (_rows(audit, audit.c.at, audit.c.number > 0),),
    # What is still on its way is not lost.
    "outbox": (_rows(outbox, outbox.c.created, ~_on_its_way.exists()),),
}


def expired(database: Database, policy: Retention, now: int) -> dict[str, int]:
    """Return by rule how much would go at a moment; rules without a period are left out.

    Raises:
        RecordAwayError: The database does not answer.
    """
    with database.reading() as connection:
        return {
            name: sum(
                connection.execute(
                    select(func.count()).select_from(rule.table).where(rule.old(now - period))
                ).scalar_one()
                for rule in rules
            )
            for name, (rules, period) in _rules(policy).items()
        }


def let_go(
    database: Database, policy: Retention, now: int, on_step: Callable[[str], None]
) -> dict[str, int]:
    """Remove what is too old at a moment, batch by batch, and return by rule how much went.

    Each batch is audited as a count in its own transaction, so what stops halfway is true.

    Args:
        database: Of the record.
        policy: With the periods.
        now: Microseconds since 1970.
        on_step: Called with the rule that is next.

    Raises:
        RecordAwayError: The database does not answer; earlier batches are gone.
    """
    gone = {}
    for name, (rules, period) in _rules(policy).items():
        on_step(name)
        gone[name] = 0
        for rule in rules:
            while some := _batch(database, name, rule, now - period, now):
                gone[name] += some
    return gone


def _rules(policy: Retention) -> dict[str, tuple[tuple[Rule, ...], int]]:
    periods = {name: getattr(policy, name) for name in type(policy).model_fields}
    return {name: (_RULES[name], period) for name, period in periods.items() if period is not None}


def _batch(database: Database, name: str, rule: Rule, border: int, now: int) -> int:
    with database.writing() as connection:
        numbers = connection.execute(
            select(rule.table.c.number)
            .where(rule.old(border))
            .order_by(*rule.order)
            .limit(BATCH)
            # Whoever is being written to is not without activity.
            .with_for_update(skip_locked=True, of=rule.table)
        ).scalars()
        old = list(numbers)
        if old:
            _remove(connection, rule, old)
            note_audit(connection, now, ACTOR, "retention", None, f"{name}: {len(old)}")
        return len(old)


def _remove(connection: Connection, rule: Rule, numbers: list[int]) -> None:
    if rule.table is lead:
        remove_leads(connection, list(parts_of(connection, numbers)))
    else:
        statement = rule.table.delete().where(among(rule.table.c.number, "gone"))
        connection.execute(statement, {"gone": numbers})
