"""What marketing and sales of the demo agree on: what ships, with prices, for a short past."""

from features.contract.document import parse_document
from serving.lifecycle.agreement import SHIPPED, Lifecycle
from serving.record.database.database import Database
from serving.record.lifecycle.agreements import Version, agree

_PRICES = """
[handover]
calls_per_week = 60
value_of_conversion = 2000
cost_of_call = 60
currency = "EUR"
"""

_SHORTER = {
    'sql_within = "90d"': 'sql_within = "30d"',
    'close_within = "180d"': 'close_within = "21d"',
}
"""What ships waits longer than the demo's past is long."""


def agree_on_prices(database: Database, by: str, at: int) -> Lifecycle:
    """Keep the agreement as the first version of a record, and return it.

    Args:
        database: Of the record.
        by: Who agreed, for the audit.
        at: Since when, microseconds since 1970.
    """
    text = SHIPPED.read_text(encoding="utf-8")
    for shipped, shorter in _SHORTER.items():
        assert shipped in text
        text = text.replace(shipped, shorter)
    text += _PRICES
    with database.writing() as connection:
        agree(connection, Version("lifecycle", 1, text, by, at, "What a call costs, and may bring"))
    return parse_document(text, "the demo's agreement", Lifecycle)
