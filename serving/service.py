"""The service put together: settings in, a process that answers out."""

import gc
import logging
import signal
import socket
import sys
import threading
from collections.abc import Callable

from features.contract.clock import now
from features.contract.mistake import MistakeError
from serving.access.keyring import Keyring
from serving.access.opening import guard
from serving.http.admission import Limits
from serving.http.app import create_app
from serving.http.body import MIB
from serving.http.server import Server
from serving.http.state import ServiceState
from serving.http.traced import tracing
from serving.intake.mapping import read_mapping
from serving.logs.start import start_logging
from serving.processes import Place, Processes
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

_PATIENCE_SECONDS = 10
"""How long a process may take to end once its requests are answered."""

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
    with listen(settings.host, settings.port) as listener:
        if settings.workers == 1:
            answer(settings, listener)
            return
        start_logging(settings)
        # A mistake is told once, not by each of the processes.
        read_rules(settings.rules)
        read_mapping(settings.mapping)
        record = open_record(settings)
        keyring = _keyring(settings, record)
        guard(keyring, listener.getsockname()[0], may_be_open=settings.open)
        if record is not None:
            record.close()
        patience = settings.leave_seconds + settings.grace_seconds + _PATIENCE_SECONDS
        processes = Processes(settings.workers, _answer_among, settings, listener)
        # What this process held open, and nobody took from it, would be lost.
        processes.run(patience, before_stop=listener.close)


def answer(settings: Settings, listener: socket.socket, place: Place | None = None) -> None:
    """Answer on a socket until the process is stopped.

    Args:
        settings: Of the service.
        listener: Is closed at the end.
        place: Of this process among several; None where it is alone.
    """
    start_logging(settings)
    rules = read_rules(settings.rules)
    state = ServiceState()
    state.mapping, state.write_key = read_mapping(settings.mapping), settings.write_key
    state.record = open_record(settings)
    challenge(state.record, settings, rules)
    state.mail_lacks, state.log_requests = settings.mail_lacks, settings.log_requests
    state.keyring = _keyring(settings, state.record)
    state.hubspot_secret, state.public_url = settings.hubspot_secret, settings.public_url
    # A server has workers of its own, as many as it needs; a file has this process alone.
    worker = None
    alone = place is None or place.first
    if alone and state.record is not None and state.record.database.embedded:
        worker = worker_of(state.record, lambda: state.scoring, settings)
        worker.start()
    guard(state.keyring, listener.getsockname()[0], may_be_open=settings.open)
    state.keyring.start()

    loaded = threading.Event()

    def answer_by(scoring: Scoring, message: str | None) -> None:
        keep_loaded()
        state.ready(scoring, message)
        loaded.set()
        if place is not None:
            place.ready.set()

    watch = Watch(settings.model, settings, rules, answer_by)
    watch.start()
    if place is not None and place.late:
        loaded.wait()
    sys.setswitchinterval(_SWITCH_SECONDS)
    limits = Limits(settings.requests_at_once, settings.mib_at_once * MIB, settings.rate)
    app = create_app(state, limits)
    server = Server(
        app,
        state,
        keep_alive=settings.keep_alive_seconds,
        leave=settings.leave_seconds,
        grace=settings.grace_seconds,
    )
    # The server raises the signal once more when it is done; by then, the record is to be closed.
    for received in (signal.SIGINT, signal.SIGTERM):
        signal.signal(received, server.handle_exit)
    _log.info("listening on %s", shown_address(listener))
    try:
        with tracing(app):
            server.run(sockets=[listener])
    finally:
        watch.stop()
        if worker is not None:
            worker.stop()
        if state.record is not None:
            state.record.close()
        gc.unfreeze()


def _keyring(settings: Settings, record: StoredScores | None) -> Keyring:
    return known_keys(settings.keys, None if record is None else record.database)


def _answer_among(place: Place, settings: Settings, listener: socket.socket) -> None:
    answer(settings, listener, place)


def work(settings: Settings) -> None:
    """Score stored leads again and tell what changed, until the process is stopped.

    Raises:
        DocumentError: The rule file, or that of the policy, cannot be used.
        RecordError: No record is named, its database cannot be had, or is not upgraded.
    """
    start_logging(settings)
    rules = read_rules(settings.rules)
    record = open_record(settings)
    if record is None:
        raise RecordError("there is nothing to work on; set LEADSCORE_DATABASE_URL")
    challenge(record, settings, rules)
    stopped = threading.Event()
    for received in (signal.SIGINT, signal.SIGTERM):
        signal.signal(received, lambda *_: stopped.set())
    watch = Watch(settings.model, settings, rules, lambda *_: None)
    watch.start()
    worker = worker_of(record, lambda: watch.scoring, settings)
    worker.start()
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


def shown_address(listener: socket.socket) -> str:
    """Return where a listener is reached on this machine."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
