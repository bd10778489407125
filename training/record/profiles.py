"""Profiles of the record as the tables hold them: what was known of a lead, from when on."""

from collections.abc import Iterable, Iterator
from itertools import groupby, islice
from operator import itemgetter

from sqlalchemy import Connection, select

from features.contract.lead import ContractError, ProfileValue
from features.contract.profile import profile_number, profile_text
from features.history.sources import ProfileFields
from serving.record.leads.profiles import Known
from serving.record.schema import lead, profile_value
from training.record.declared import LEAD_ID, PROFILES, RECORDED_AT
from training.record.identities import Identities
from training.record.tables import RecordTables

_AT_ONCE = 50_000

State = tuple[int, dict[str, ProfileValue]]
"""Since when values by field are known, microseconds since 1970, and all that count from then."""


def write_profiles(
    connection: Connection, profile: ProfileFields, identities: Identities, tables: RecordTables
) -> int:
    """Write the profiles of all who are learned from; return how many values are no numbers.

    A lead with such a value gets no score from a model that reads it; here it is missing.
    """
    keys = dict(
        zip(
            identities.number[identities.learned].tolist(),
            identities.lead_id[identities.learned].tolist(),
            strict=True,
        )
    )
    columns = profile_value.c
    wanted = (*profile.numeric, *profile.categorical)
    rows = connection.execute(
        select(lead.c.root, columns.field, *(columns[name] for name in Known._fields))
        .join(lead, lead.c.number == columns.lead)
        .where(columns.field.in_(wanted))
        .order_by(lead.c.root, columns.recorded)
        .execution_options(yield_per=_AT_ONCE)
    )
    histories = (
        (keys[root], [(field, Known(*known)) for _, field, *known in of_lead])
        for root, of_lead in groupby(rows, key=itemgetter(0))
        if root in keys
    )
    readings = ProfileRows(profile)
    lines = (readings.line(key, state) for key, history in histories for state in states(history))
    while some := list(islice(lines, _AT_ONCE)):
        tables.write(PROFILES, dict(zip(readings.columns, zip(*some, strict=True), strict=True)))
    return readings.unread


def states(history: Iterable[tuple[str, Known]]) -> Iterator[State]:
    """Yield what counts of a profile each time that something was recorded of it.

    Args:
        history: Fields with what was recorded of them, in the order of recording.
    """
    newest: dict[str, Known] = {}
    for recorded, some in groupby(history, key=lambda one: one[1].recorded):
        for field, known in some:
            if field not in newest or known.precedence > newest[field].precedence:
                newest[field] = known
        yield recorded, {field: known.value for field, known in newest.items()}


class ProfileRows:
    """Reads states of profiles as rows of the table.

    Attributes:
        columns: Names of the values of a row.
        unread: How many values were no numbers where numbers are wanted.
    """

    def __init__(self, profile: ProfileFields) -> None:
        """Take the fields that are wanted."""
        self._profile = profile
        self.columns = (LEAD_ID, RECORDED_AT, *profile.numeric, *profile.categorical)
        self._unread: set[tuple[str, str, ProfileValue]] = set()

    @property
    def unread(self) -> int:
        """How many values were no numbers where numbers are wanted."""
        return len(self._unread)

    def line(self, key: str, state: State) -> tuple[object, ...]:
        """Return one row."""
        recorded, values = state
        numbers = (self._number(key, field, values.get(field)) for field in self._profile.numeric)
        texts = (profile_text(values.get(field)) for field in self._profile.categorical)
        return (key, recorded, *numbers, *texts)

    def _number(self, key: str, field: str, value: ProfileValue) -> float | None:
        try:
            return profile_number(value, field)
        except ContractError:
            self._unread.add((key, field, value))
            return None
