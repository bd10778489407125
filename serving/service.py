"""The service put together: settings in, a process that answers out."""

import logging
import signal
import socket
import threading
from collections.abc import Callable

from features.contract.clock import now
from features.contract.mistake import MistakeError
from serving.http.admission import Limits
from serving.http.app import create_app
from serving.http.body import MIB
from serving.http.server import Server
from serving.http.state import ServiceState
from serving.intake.mapping import read_mapping
from serving.model.artefact import ModelRefusedError, load_model
from serving.model.scorer import LeadModel
from serving.processes import Place, Processes
from serving.record.database import Database, RecordError
from serving.record.policy import read_policy
from serving.record.upgrade import require_upgraded
from serving.registry.loader import ModelUnavailableError, fetch_model
from serving.scoring.answer import FallbackReason, Listing
from serving.scoring.rules import Rules, read_rules
from serving.scoring.scoring import Conditions, Scoring
from serving.settings import Settings
from serving.stored.scoring import StoredScores
from serving.work.worker import Worker

_PATIENCE_SECONDS = 10
"""How long a process may take to end once its requests are answered."""

_log = logging.getLogger(__name__)


class AddressError(MistakeError):
    """The address to listen on cannot be had; the message says what to do."""


def serve(settings: Settings) -> None:
    """Answer until the process is stopped; liveness at once, leads as soon as all is warm.

    Raises:
        DocumentError: The rule file, the mapping or the policy cannot be used.
        RecordError: The record's database cannot be had, or is not upgraded.
        AddressError: The address cannot be had.
    """
    with listen(settings.host, settings.port) as listener:
        if settings.workers == 1:
            answer(settings, listener)
            return
        logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
        # A mistake is told once, not by each of the processes.
        read_rules(settings.rules)
        read_mapping(settings.mapping)
        if (record := open_record(settings)) is not None:
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
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    rules = read_rules(settings.rules)
    state = ServiceState()
    state.mapping, state.write_key = read_mapping(settings.mapping), settings.write_key
    state.record = open_record(settings)
    state.mail_lacks = settings.mail_lacks
    # A server has workers of its own, as many as it needs; a file has this process alone.
    worker = None
    alone = place is None or place.first
    if alone and state.record is not None and state.record.database.embedded:
        worker = worker_of(state.record, lambda: state.scoring, settings)
        worker.start()
    loading = threading.Thread(target=_load, args=(state, settings, rules, place), daemon=True)
    loading.start()
    if place is not None and place.late:
        loading.join()
    limits = Limits(settings.requests_at_once, settings.mib_at_once * MIB, settings.rate)
    server = Server(
        create_app(state, limits),
        state,
        keep_alive=settings.keep_alive_seconds,
        leave=settings.leave_seconds,
        grace=settings.grace_seconds,
    )
    # The server raises the signal once more when it is done; by then, the record is to be closed.
    for received in (signal.SIGINT, signal.SIGTERM):
        signal.signal(received, server.handle_exit)
    try:
        server.run(sockets=[listener])
    finally:
        if worker is not None:
            worker.stop()
        if state.record is not None:
            state.record.close()


def _answer_among(place: Place, settings: Settings, listener: socket.socket) -> None:
    answer(settings, listener, place)


def _load(state: ServiceState, settings: Settings, rules: Rules, place: Place | None) -> None:
    load(state, settings, rules)
    if place is not None:
        place.ready.set()


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
    stopped = threading.Event()
    for received in (signal.SIGINT, signal.SIGTERM):
        signal.signal(received, lambda *_: stopped.set())
    scoring, _ = scoring_of(settings, rules)
    worker = worker_of(record, lambda: scoring, settings)
    worker.start()
    _log.info("working on %s with %s", record.database.shown, scoring.basis.version or "the rules")
    stopped.wait()
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


def load(state: ServiceState, settings: Settings, rules: Rules) -> None:
    """Bring the service's state to ready: with the model, or degraded to the rules."""
    scoring, message = scoring_of(settings, rules)
    state.ready(scoring, message)
    _log.info("ready on %s %s", scoring.basis.name, scoring.basis.version or "")


def scoring_of(settings: Settings, rules: Rules) -> tuple[Scoring, str | None]:
    """Return what scores, warm, and what an operator should know of it."""
    conditions = conditions_of(settings)
    try:
        model, message = _model(settings)
        scoring = Scoring(rules, model, conditions)
        scoring.warm()
    except Exception as error:
        # Whatever is wrong with a model, and if it fails at its first lead: the rules still answer.
        _log.exception("the model failed")
        message = f"the model failed at loading with {type(error).__name__}; see the log"
        scoring = Scoring(rules, "model_refused", conditions)
        scoring.warm()
    return scoring, message


def conditions_of(settings: Settings) -> Conditions:
    """Return what settings mean for every answer."""
    return Conditions(
        deadline=settings.deadline_ms / 1000,
        listing=Listing(up=settings.reasons_up, down=settings.reasons_down),
        language=settings.language,
    )


def _model(settings: Settings) -> tuple[LeadModel | FallbackReason, str | None]:
    """Return the model, or why there is none, and what an operator should know of it."""
    if settings.model is None:
        return "no_model", "no model is configured; set LEADSCORE_MODEL"
    try:
        fetched = fetch_model(settings.model, settings.tracking_uri, settings.cache)
        return load_model(fetched.folder, fetched.version), fetched.stale
    except ModelUnavailableError as error:
        _log.warning("no model: %s", error)
        return "no_model", str(error)
    except ModelRefusedError as error:
        _log.warning("model refused: %s", error)
        return "model_refused", str(error)
