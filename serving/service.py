"""The service put together: settings in, a process that answers out."""

import logging
import signal
import socket
import threading
from collections.abc import Callable

import uvicorn

from features.contract.clock import now
from features.contract.mistake import MistakeError
from serving.access.opening import guard
from serving.http.app import create_app
from serving.http.state import ServiceState
from serving.intake.mapping import read_mapping
from serving.model.artefact import ModelRefusedError, load_model
from serving.model.scorer import LeadModel
from serving.record.database import Database, RecordError
from serving.record.keys import known_keys
from serving.record.policy import read_policy
from serving.record.upgrade import require_upgraded
from serving.registry.loader import ModelUnavailableError, fetch_model
from serving.scoring.answer import FallbackReason, Listing
from serving.scoring.rules import Rules, read_rules
from serving.scoring.scoring import Conditions, Scoring
from serving.settings import Settings
from serving.stored.scoring import StoredScores
from serving.work.worker import Worker

_GRACE_SECONDS = 10
"""How long a stopped service waits for requests that are under way."""

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
    state.mail_lacks = settings.mail_lacks
    state.keyring = known_keys(
        settings.keys, None if state.record is None else state.record.database
    )
    state.hubspot_secret, state.public_url = settings.hubspot_secret, settings.public_url
    # A server has workers of its own, as many as it needs; a file has this process alone.
    worker = None
    if state.record is not None and state.record.database.embedded:
        worker = worker_of(state.record, lambda: state.scoring, settings)
        worker.start()
    with listen(settings.host, settings.port) as listener:
        guard(state.keyring, listener.getsockname()[0], may_be_open=settings.open)
        state.keyring.start()
        threading.Thread(target=load, args=(state, settings, rules), daemon=True).start()
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
            if worker is not None:
                worker.stop()
            if state.record is not None:
                state.record.close()


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
    scoring, _ = scoring_of(settings, rules)
    worker = worker_of(record, lambda: scoring, settings)
    worker.start()
    stopped = threading.Event()
    for received in (signal.SIGINT, signal.SIGTERM):
        signal.signal(received, lambda *_: stopped.set())
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
