"""A table of leads, taken into the record whole or not at all."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice

from sqlalchemy import Connection

from features.contract.lead import ContractError
from serving.intake.events import ToldEvent, Whose, take_events
from serving.intake.importing.columns import Columns
from serving.intake.importing.people import Person, people_of
from serving.intake.importing.report import ImportReport, RefusedRow, reported_columns
from serving.intake.importing.rows import Mistake, ToldRow, read_rows
from serving.intake.importing.table import Table
from serving.intake.leads import ToldLead, take_leads
from serving.record.access.audits import note_told
from serving.record.database.database import Database
from serving.record.leads.leads import StoredLead, find_leads, touch
from serving.record.privacy.consents import NewConsent, add_consents

_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class Terms:
    """How a table is taken; moments are microseconds since 1970.

    Attributes:
        source: Who tells it.
        by: Who is known to bring it; None where nobody is.
        occurred: When what the rows say became true; None for now.
        event: What every lead did, such as `trade_fair_visit`; None for nothing.
        at: When; None where there is no event.
        dry_run: Whether all is undone in the end.
        skip_bad_rows: Whether other rows are kept where one is refused.
    """

    source: str = "import"
    by: str | None = None
    occurred: int | None = None
    event: str | None = None
    at: int | None = None
    dry_run: bool = False
    skip_bad_rows: bool = False

    def check(self, columns: Columns, now: int) -> None:
        """Refuse what would be another thing each time, or has not happened yet.

        Raises:
            ContractError: The option that does not go with the others.
        """
        if (self.event is None) != (self.at is None):
            raise ContractError("at", "belongs to an event; say both of them or none")
        for name, moment in (("occurred", self.occurred), ("at", self.at)):
            if moment is not None and moment > now:
                raise ContractError(name, "lies in the future")
        consents = [one for one in columns.taken if one.becomes.startswith("consent.")]
        if consents and self.occurred is None:
            raise ContractError(
                "occurred",
                f"is missing; say when the consent of column '{consents[0].heading}' was given",
            )


@dataclass(slots=True)
class _Counts:
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    events: int = 0
    consents: int = 0


def import_leads(
    database: Database,
    table: Table,
    columns: Columns,
    terms: Terms,
    now: int,
    on_rows: Callable[[int], None] = lambda rows: None,
) -> ImportReport:
    """Take a table into the record in one transaction, and report what that did.

    The same table taken twice changes nothing the second time.

    Args:
        database: Of the record.
        table: With the leads.
        columns: What becomes of its columns.
        terms: How it is taken.
        now: Microseconds since 1970.
        on_rows: Called with the number of rows that are done with.

    Raises:
        ContractError: The terms cannot be met.
    """
    terms.check(columns, now)
    told, mistakes = read_rows(table.rows, columns, now)
    on_rows(len(table.rows) - len(told))
    kept = bool(told) and not terms.dry_run and (terms.skip_bad_rows or not mistakes)
    with database.writing() as connection:
        counts = _take(connection, told, terms, now, on_rows)
        if not kept:
            connection.get_transaction().rollback()  # type: ignore[union-attr]
    return _report(table, columns, mistakes, counts, kept=kept)


def _take(
    connection: Connection,
    rows: Sequence[ToldRow],
    terms: Terms,
    now: int,
    on_rows: Callable[[int], None],
) -> _Counts:
    counts = _Counts()
    people = iter(people_of(connection, rows))
    while some := list(islice(people, _AT_ONCE)):
        leads = take_leads(connection, [_told(one, terms, now) for one in some], now)
        counts.consents += _take_consents(connection, leads, some, terms, now)
        counts.events += _take_events(connection, leads, terms, now)
        _count(connection, some, terms, now, counts)
        on_rows(sum(one.rows for one in some))
    return counts


def _told(person: Person, terms: Terms, now: int) -> ToldLead:
    created = person.created
    if created is None and person.stored is None:
        # Whoever comes by an event is a lead since then.
        created = terms.at
    return ToldLead(
        lead_id=person.lead_id,
        created=created,
        account_id=person.account_id,
        account_told=person.account_id is not None,
        profile=person.profile,
        contact=person.contact,
        occurred=now if terms.occurred is None else terms.occurred,
        recorded=now,
        source=terms.source,
    )


def _take_consents(
    connection: Connection,
    leads: Sequence[StoredLead],
    people: Sequence[Person],
    terms: Terms,
    now: int,
) -> int:
    at = now if terms.occurred is None else terms.occurred
    entries = [
        (lead.number, NewConsent(purpose, "consent", given, terms.source, None, None, at))
        for lead, person in zip(leads, people, strict=True)
        for purpose, given in person.consents.items()
    ]
    new = add_consents(connection, entries, now)
    touch(connection, set(new), now)
    return len(new)


def _take_events(
    connection: Connection, leads: Sequence[StoredLead], terms: Terms, now: int
) -> int:
    if terms.event is None or terms.at is None:
        return 0
    events = [
        ToldEvent(Whose("lead_id", lead.lead_id), terms.event, None, terms.at, now, None, None)
        for lead in leads
    ]
    return take_events(connection, events, now, terms.source).stored


def _count(
    connection: Connection, people: Sequence[Person], terms: Terms, now: int, counts: _Counts
) -> None:
    """Count what became of people, and note in the audit of whom there was news."""
    after = find_leads(connection, [one.lead_id for one in people])
    news = [one for one in people if after[one.lead_id].changed == now]
    new = [one for one in news if one.stored is None or one.stored.kind == "visitor"]
    counts.new += len(new)
    counts.changed += len(news) - len(new)
    counts.unchanged += len(people) - len(news)
    by = terms.by or terms.source
    note_told(connection, now, terms.source, by, [after[one.lead_id].number for one in news])


def _report(
    table: Table, columns: Columns, mistakes: Sequence[Mistake], counts: _Counts, *, kept: bool
) -> ImportReport:
    return ImportReport(
        imported=kept,
        read_as=table.form,
        rows=len(table.rows),
        new=counts.new,
        changed=counts.changed,
        unchanged=counts.unchanged,
        events=counts.events,
        consents=counts.consents,
        refused_rows=len({mistake.line for mistake in mistakes}),
        refused=tuple(RefusedRow.of(mistake) for mistake in mistakes),
        columns=reported_columns(columns),
        columns_left=columns.left,
    )
