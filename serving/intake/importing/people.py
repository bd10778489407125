"""Who the rows of a list are: leads that the record has, or new ones, each once.

A row is the lead of its id; else of its e-mail address; else of its telephone number, unless that
lead has an e-mail address and the row another one: colleagues share a switchboard. Whoever is new
gets an id that a contact of theirs is digested to, so that the same list means the same people
again. Rows are looked at in that order, whatever their order in the file.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection

from features.contract.lead import ProfileValue
from serving.intake.events import Whose, contact_id
from serving.intake.importing.rows import ToldRow
from serving.record.identity.contacts import find_by_contact, leads_with
from serving.record.leads.leads import StoredLead, find_leads, leads_by_number
from serving.record.leads.roots import roots_of


@dataclass(slots=True)
class Person:
    """What all rows of one lead tell together; a later row wins.

    Attributes:
        lead_id: That it has, or will have.
        stored: None where the record has no such lead.
    """

    lead_id: str
    stored: StoredLead | None
    created: int | None = None
    account_id: str | None = None
    contact: dict[str, str] = field(default_factory=dict)
    profile: dict[str, ProfileValue] = field(default_factory=dict)
    consents: dict[str, bool] = field(default_factory=dict)
    rows: int = 0

    @property
    def order(self) -> tuple[float, str]:
        """Where it stands among others, now and once all are stored."""
        return (float("inf") if self.stored is None else self.stored.number, self.lead_id)

    def hear(self, row: ToldRow) -> None:
        """Take what a row tells; consent is given where no row says that it is not."""
        self.rows += 1
        created = [at for at in (self.created, row.created) if at is not None]
        self.created = min(created, default=None)
        self.account_id = row.account_id or self.account_id
        self.contact |= row.contact
        self.profile |= row.profile
        for purpose, given in row.consents.items():
            self.consents[purpose] = given and self.consents.get(purpose, True)


def people_of(connection: Connection, rows: Sequence[ToldRow]) -> list[Person]:
    """Return whom rows are of, in the order of their ids.

    Args:
        connection: Reading or writing.
        rows: Each with an id, an e-mail address or a telephone number.
    """
    crowd = _Crowd(connection, rows)
    for row in rows:
        if row.lead_id is not None:
            crowd.by_id(row.lead_id).hear(row)
    crowd.settle()
    for row in rows:
        if row.lead_id is None and "email" in row.contact:
            crowd.by_email(row.contact["email"], row.contact.get("phone")).hear(row)
    crowd.settle()
    for row in rows:
        if row.lead_id is None and "email" not in row.contact:
            crowd.by_phone(row.contact["phone"]).hear(row)
    # Some were looked at, and are nobody of the list.
    heard = (one for one in crowd.people.values() if one.rows)
    return sorted(heard, key=lambda one: one.lead_id)


class _Crowd:
    """The people of a list that are known so far, and those that the record knows."""

    def __init__(self, connection: Connection, rows: Sequence[ToldRow]) -> None:
        contacts = {Whose(k, v) for row in rows for k, v in row.contact.items() if k in _KINDS}
        ids = {row.lead_id for row in rows if row.lead_id is not None}
        ids |= {contact_id("lead", whose) for whose in contacts}
        self.people: dict[str, Person] = {}
        self._stored = find_leads(connection, ids)
        self._owners = _owners(connection, contacts)
        self._settled: dict[Whose, Person] = {}
        numbers = {lead.number for lead in self._owners.values()}
        self._with_email = leads_with(connection, "email", numbers)

    def by_id(self, lead_id: str) -> Person:
        stored = self._stored.get(lead_id)
        return self._person(lead_id if stored is None else stored.lead_id, stored)

    def by_email(self, email: str, phone: str | None) -> Person:
        whose = Whose("email", email)
        found = self._known(whose)
        if found is None and phone is not None:
            found = self._known(Whose("phone", phone))
            if found is not None and self._has_email(found):
                found = None
        return self._settled.setdefault(whose, found or self.by_id(contact_id("lead", whose)))

    def by_phone(self, phone: str) -> Person:
        whose = Whose("phone", phone)
        return self._known(whose) or self.by_id(contact_id("lead", whose))

    def settle(self) -> None:
        """Let contacts that people have by now belong to them."""
        for person in self.people.values():
            for kind in _KINDS & person.contact.keys():
                whose = Whose(kind, person.contact[kind])
                before = self._settled.setdefault(whose, person)
                self._settled[whose] = min(before, person, key=lambda one: one.order)

    def _known(self, whose: Whose) -> Person | None:
        """Return whom a contact belongs to: whoever has its digest for an id, or had it first."""
        own = contact_id("lead", whose)
        if own in self._stored or own in self.people:
            return self.by_id(own)
        stored, settled = self._owners.get(whose), self._settled.get(whose)
        if stored is not None and (settled is None or stored.number < settled.order[0]):
            return self._person(stored.lead_id, stored)
        return settled

    def _has_email(self, person: Person) -> bool:
        stored = person.stored is not None and person.stored.number in self._with_email
        return stored or "email" in person.contact

    def _person(self, lead_id: str, stored: StoredLead | None) -> Person:
        return self.people.setdefault(lead_id, Person(lead_id, stored))


_KINDS = frozenset({"email", "phone"})


def _owners(connection: Connection, contacts: Iterable[Whose]) -> dict[Whose, StoredLead]:
    """Return by contact the lead that has it; a visitor is none yet."""
    numbers: dict[Whose, int] = {}
    for kind in sorted(_KINDS):
        values = {whose.value for whose in contacts if whose.kind == kind}
        found = find_by_contact(connection, kind, values)
        roots = roots_of(connection, set(found.values()))
        numbers |= {Whose(kind, value): roots[number] for value, number in found.items()}
    leads = {lead.number: lead for lead in leads_by_number(connection, set(numbers.values()))}
    owners = {whose: leads[number] for whose, number in numbers.items()}
    return {whose: lead for whose, lead in owners.items() if lead.kind == "lead"}
