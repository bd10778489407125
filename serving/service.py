"""The service put together: settings in, a process that answers out."""

import gc
import logging
import signal
import socket
import sys
import threading
from collections.abc import Callable

import uvicorn

from features.contract.clock import now
from features.contract.mistake import MistakeError
from serving.access.opening import guard
from serving.http.app import create_app
from serving.http.state import ServiceState
from serving.intake.mapping import read_mapping
from serving.record.database import Database, RecordError
from serving.record.keys import known_keys
from serving.record.policy import read_policy
from serving.record.upgrade import require_upgraded
from serving.scoring.rules import Rules, read_rules
from serving.scoring.scoring import Scoring
from serving.settings import Settings
from serving.stored.scoring import StoredScores
from serving.stored.shadow import Shadow
from serving.watch import Watch
from serving.work.worker import Worker

_GRACE_SECONDS = 10
"""How long a stopped service waits for requests that are under way."""

_SWITCH_SECONDS = 0.001
"""After how long a thread that computes lets another one go on, such as the one that answers."""

_log = logging.getLogger(__name__)


class AddressError(MistakeError):
    """The address to listen on cannot be had; the message says what to do."""


def serve(settings: Settings) -> None:
    """Answer until the process is stopped; liveness at once, leads as soon as all is warm.

    Raises:
        DocumentError: The rule file, the mapping, the policy or the key file cannot be used.
        RecordError: The record's database cannot be had, or is not upgraded.
        AddressError: The address cannot be had.
        OpenToAllError: Others could call it, and there is no key.
    """
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    rules = read_rules(settings.rules)
    state = ServiceState()
    state.mapping, state.write_key = read_mapping(settings.mapping), settings.write_key
    state.record = open_record(settings)
    challenge(state.record, settings, rules)
    state.mail_lacks = settings.mail_lacks
    state.keyring = known_keys(settings.keys, state.record and state.record.database)
    state.hubspot_secret, state.public_url = settings.hubspot_secret, settings.public_url
    # A server has workers of its own, as many as it needs; a file has this process alone.
    worker = None
    if state.record is not None and state.record.database.embedded:
        worker = worker_of(state.record, lambda: state.scoring, settings)
        worker.start()
    with listen(settings.host, settings.port) as listener:
        guard(state.keyring, listener.getsockname()[0], may_be_open=settings.open)
        state.keyring.start()

        def answer_by(scoring: Scoring, message: str | None) -> None:
            keep_loaded()
            state.ready(scoring, message)

        watch = Watch(settings.model, settings, rules, answer_by)
        watch.start()
        sys.setswitchinterval(_SWITCH_SECONDS)
        # An access log would hold callers' addresses, and cost a tenth of an answer.
        config = uvicorn.Config(
            create_app(state),
            log_level="info",
            ws="none",
            access_log=False,
            timeout_graceful_shutdown=_GRACE_SECONDS,
        )
        try:
            uvicorn.Server(config).run(sockets=[listener])
        finally:
            watch.stop()
            if worker is not None:
                worker.stop()
            if state.record is not None:
                state.record.close()
            gc.unfreeze()


def work(settings: Settings) -> None:
    """Score stored leads again and tell what changed, until the process is stopped.

    Raises:
        DocumentError: The rule file, or that of the policy, cannot be used.
        RecordError: No record is named, its database cannot be had, or is not upgraded.
    """
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    rules = read_rules(settings.rules)
    record = open_record(settings)
    if record is None:
        raise RecordError("there is nothing to work on; set LEADSCORE_DATABASE_URL")
    challenge(record, settings, rules)
    watch = Watch(settings.model, settings, rules, lambda *_: None)
    watch.start()
    worker = worker_of(record, lambda: watch.scoring, settings)
    worker.start()
    stopped = threading.Event()
    for received in (signal.SIGINT, signal.SIGTERM):
        signal.signal(received, lambda *_: stopped.set())
    _log.info("working on %s", record.database.shown)
    stopped.wait()
    watch.stop()
    worker.stop()
    record.close()


def worker_of(
    record: StoredScores, scoring: Callable[[], Scoring | None], settings: Settings
) -> Worker:
    """Return what scores stored leads again and tells what changed; not started yet."""
    return Worker(record, scoring, local=settings.webhooks_local, mail=settings.mail, clock=now)


def open_record(settings: Settings) -> StoredScores | None:
    """Return the stored leads, None where no record is kept.

    Raises:
        RecordError: The database cannot be had, or is not upgraded.
        DocumentError: The policy file cannot be used.
    """
    if settings.database_url is None:
        return None
    database = Database(settings.database_url)
    require_upgraded(database)
    record = StoredScores(database, read_policy(settings.policy))
    record.ledger.start()
    return record


def keep_loaded() -> None:
    """Look for no garbage in what is loaded by now; that would take longer than a deadline."""
    gc.collect()
    gc.freeze()


def challenge(record: StoredScores | None, settings: Settings, rules: Rules) -> None:
    """Let the challenger, if there is one, score stored leads in the shadow."""
    if settings.challenger is None:
        return
    if record is None:
        _log.warning("the challenger scores stored leads only; set LEADSCORE_DATABASE_URL")
        return
    watch = Watch(settings.challenger, settings, rules, lambda *_: keep_loaded())
    record.shadow = Shadow(record.database, record.outcomes, watch)
    record.shadow.start()


def listen(host: str, port: int) -> socket.socket:
    """Take an address before anything is loaded.

    Raises:
        AddressError: It is taken, or not one of this machine's.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family)
    except OSError as error:
        raise AddressError(
            f"cannot listen on {host}:{port}: {error.strerror}; choose another --port or --host"
        ) from None
    # asyncio does this only for sockets it opened itself; without it, answers over open connections
    # wait some 40 ms for the caller's acknowledgement. Accepted sockets inherit it.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener
