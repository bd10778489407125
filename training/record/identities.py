"""Who is in the record: which leads stand for which, and which of them may be learned from."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select

from serving.record.privacy.consents import without_basis
from serving.record.schema import lead
from training.record.opened import Record
from training.record.tables import key_of

_AT_ONCE = 50_000


@dataclass(frozen=True, slots=True)
class Identities:
    """Everybody in the record, by number in ascending order.

    Attributes:
        number: int64 [everybody].
        root: int64 [everybody], position of who stands for them.
        lead_id: Object array [everybody] of str, as `key_of`.
        account_id: Object array [everybody] of str, as `key_of`, or None.
        created: int64 [everybody], microseconds since 1970.
        known: bool [everybody], whether it is a lead, not a visitor.
        learned: bool [everybody], whether it stands for itself and may be learned from.
    """

    number: NDArray[np.int64]
    root: NDArray[np.int64]
    lead_id: NDArray[np.object_]
    account_id: NDArray[np.object_]
    created: NDArray[np.int64]
    known: NDArray[np.bool_]
    learned: NDArray[np.bool_]

    def stand_ins(self, numbers: NDArray[np.int64]) -> NDArray[np.intp]:
        """Return the positions of those who stand for leads that are in the record."""
        return self.root[np.searchsorted(self.number, numbers)]

    @property
    def own(self) -> NDArray[np.bool_]:
        """Whether each stands for itself, bool [everybody]."""
        own: NDArray[np.bool_] = self.root == np.arange(len(self.root))
        return own


def read_identities(record: Record) -> Identities:
    """Read everybody; who has no valid basis for profiling is not learned from."""
    columns = lead.c
    rows = record.connection.execute(
        select(
            columns.number, columns.root, columns.lead_id, columns.account_id, columns.created,
            columns.kind == "lead",
        ).order_by(columns.number).execution_options(yield_per=_AT_ONCE)
    ).all()  # fmt: skip
    numbers, roots, ids, accounts, created, known = zip(*rows, strict=True) if rows else [()] * 6
    number = np.array(numbers, dtype=np.int64)
    root = np.searchsorted(number, np.array(roots, dtype=np.int64))
    is_known = np.array(known, dtype=np.bool_)
    learned = is_known & (root == np.arange(len(root)))
    learned[np.searchsorted(number, _barred(record, number, root))] = False
    return Identities(
        number=number,
        root=root,
        lead_id=np.array([key_of(one) for one in ids], dtype=object),
        account_id=_accounts(accounts, root),
        created=np.array(created, dtype=np.int64),
        known=is_known,
        learned=learned,
    )


def _accounts(told: Sequence[str | None], root: NDArray[np.intp]) -> NDArray[np.object_]:
    """Return the account of each: its own, or else the first of those it stands for."""
    accounts = np.array([None if one is None else key_of(one) for one in told], dtype=object)
    for part in np.flatnonzero(root != np.arange(len(root))):
        if accounts[root[part]] is None:
            accounts[root[part]] = accounts[part]
    return accounts


def _barred(record: Record, number: NDArray[np.int64], root: NDArray[np.intp]) -> NDArray[np.int64]:
    """Return the numbers of those who stand for themselves and have no valid basis."""
    barred: set[int] = set()
    for start in range(0, len(root), _AT_ONCE):
        some = (root >= start) & (root < start + _AT_ONCE)
        parts = dict(zip(number[some].tolist(), number[root[some]].tolist(), strict=True))
        barred |= without_basis(record.connection, parts, record.policy.profiling.bases)
    return np.array(sorted(barred), dtype=np.int64)
