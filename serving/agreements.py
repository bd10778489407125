"""What is agreed on: the newest versions in the record, else what the files say; kept to."""

import logging
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Generic, NamedTuple, TypeVar

from features.contract.document import DocumentError, parse_document, read_text
from serving.lifecycle.agreement import SHIPPED, Lifecycle, read_lifecycle
from serving.record.database.database import Database, RecordError
from serving.record.lifecycle.agreements import Kind, find_version, newest_versions
from serving.scoring.rules import SHIPPED as SHIPPED_RULES
from serving.scoring.rules import Rules, read_rules

EVERY_SECONDS = 2.0
"""How often the record is asked for a newer version."""

Said = TypeVar("Said", Lifecycle, Rules)

Told = Callable[[Lifecycle, Rules], None]

_log = logging.getLogger(__name__)


class InForce(NamedTuple, Generic[Said]):
    """What counts of one kind.

    Attributes:
        version: Of the record; 0 is the file.
        text: As it was written.
        said: What it says.
    """

    version: int
    text: str
    said: Said


class Agreements:
    """Keeps to what was agreed on last; safe to call from several threads.

    Whatever is wrong with a newer version leaves the one that is in force.

    Attributes:
        lifecycle: In force.
        rules: In force.
        files: Texts of version 0.
        unusable: By kind, why the newest version of the record is not in force.
    """

    def __init__(self, database: Database, lifecycle: Path | None, rules: Path | None) -> None:
        """Begin with the files; None are those that ship with the product.

        Raises:
            DocumentError: A file cannot be used.
        """
        self.files: Mapping[Kind, str] = {
            "lifecycle": read_text(lifecycle or SHIPPED),
            "rules": read_text(rules or SHIPPED_RULES),
        }
        self.lifecycle = InForce(0, self.files["lifecycle"], read_lifecycle(lifecycle))
        self.rules = InForce(0, self.files["rules"], read_rules(rules))
        self.unusable: dict[Kind, str] = {}
        self._database = database
        self._seen: dict[Kind, int] = {"lifecycle": 0, "rules": 0}
        self._told: Told | None = None
        self._lock = threading.Lock()
        self._wanted, self._stopped = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="agreements", daemon=True)

    def in_force(self, kind: Kind) -> InForce[Lifecycle] | InForce[Rules]:
        """Return what counts of a kind."""
        return self.lifecycle if kind == "lifecycle" else self.rules

    def start(self, told: Told) -> None:
        """Begin to look, beside whatever else this process does.

        Args:
            told: Called with what is in force from now on, whenever that changes.
        """
        self._told = told
        told(self.lifecycle.said, self.rules.said)
        self._thread.start()

    def stop(self) -> None:
        """Look no more."""
        self._stopped.set()
        self._wanted.set()
        if self._thread.is_alive():
            self._thread.join()

    def look(self) -> None:
        """Take up what the record has by now; while it is away, what is in force stays so."""
        try:
            with self._lock:
                self._take_up()
        except RecordError as error:
            _log.debug("agreements are not looked at: %s", error)

    def look_soon(self) -> None:
        """Take it up without waiting for the next turn, nor keeping the caller."""
        self._wanted.set()

    def _run(self) -> None:
        while not self._stopped.is_set():
            self._wanted.wait(EVERY_SECONDS)
            self._wanted.clear()
            self.look()

    def _take_up(self) -> None:
        with self._database.reading() as connection:
            newest = newest_versions(connection)
            # Where an older record was restored, it goes back.
            news = {
                kind: version for kind, version in newest.items() if version != self._seen[kind]
            }
            found = [find_version(connection, kind, version) for kind, version in news.items()]
        for (kind, version), kept in zip(news.items(), found, strict=True):
            self._seen[kind] = version
            self._use(kind, version, self.files[kind] if kept is None else kept.text)
        if news and self._told is not None:
            self._told(self.lifecycle.said, self.rules.said)

    def _use(self, kind: Kind, version: int, text: str) -> None:
        called = f"version {version} of the {kind}"
        try:
            if kind == "lifecycle":
                self.lifecycle = _read(version, text, called, Lifecycle)
            else:
                self.rules = _read(version, text, called, Rules)
        except DocumentError as error:
            # Such as one that was kept by another version of the product.
            self.unusable[kind] = str(error)
            in_force = self.in_force(kind).version
            _log.error("%s cannot be used, version %d stays in force", called, in_force)
            return
        self.unusable.pop(kind, None)
        _log.info("%s is in force", called)


def parse_agreement(kind: Kind, text: str) -> Lifecycle | Rules:
    """Return what a text says.

    Raises:
        DocumentError: It is no agreement of the kind; the message names each key.
    """
    model: type[Lifecycle] | type[Rules] = Lifecycle if kind == "lifecycle" else Rules
    return parse_document(text, f"{kind}.toml", model)


def _read(version: int, text: str, called: str, model: type[Said]) -> InForce[Said]:
    return InForce(version, text, parse_document(text, called, model))
