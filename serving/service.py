"""The service as a process: it answers until it is stopped."""

import gc
import logging
import socket
import sys
import threading

from serving.access.opening import guard
from serving.bootstrap import (
    agreed_of,
    follow,
    keep_loaded,
    keyring_of,
    on_stop,
    open_record,
    open_to_callers,
    state_of,
    worker_of,
)
from serving.http.app import create_app
from serving.http.body import MIB
from serving.http.limits.admission import Limits
from serving.http.server.server import Server
from serving.http.server.tracing import tracing
from serving.http.state import ServiceState
from serving.intake.mapping import read_mapping
from serving.lifecycle.agreement import Lifecycle, read_lifecycle
from serving.listener import allow_connections, listen, shown_address
from serving.logs.start import start_logging
from serving.processes import Place, Processes
from serving.scoring.rules import Rules, read_rules
from serving.scoring.scoring import Scoring
from serving.settings import Settings
from serving.shared_metrics import shared_metrics
from serving.watches import Watches
from serving.work.worker import Worker

_PATIENCE_SECONDS = 10
"""How long a process may take to end once its requests are answered."""

_SWITCH_SECONDS = 0.001
"""After how long a thread that computes lets another one go on, such as the one that answers."""

_log = logging.getLogger(__name__)


def serve(settings: Settings) -> None:
    """Answer until the process is stopped; liveness at once, leads as soon as all is warm.

    Raises:
        DocumentError: The rule file, the mapping, the policy or the key file cannot be used.
        RecordError: The record's database cannot be had, or is not upgraded.
        AddressError: The address cannot be had.
        OpenToAllError: Others could call it, and there is no key.
        SettingsError: Settings of OpenID Connect lack.
    """
    allow_connections()
    with listen(settings.host, settings.port) as listener:
        start_logging(settings)
        if settings.workers == 1:
            answer(settings, listener)
            return
        _check(settings, listener)
        patience = settings.leave_seconds + settings.grace_seconds + _PATIENCE_SECONDS
        processes = Processes(settings.workers, _answer_among, settings, listener)
        with shared_metrics() as ended:
            # What this process held open, and nobody took from it, would be lost.
            processes.run(patience, before_stop=listener.close, ended=ended)


def answer(settings: Settings, listener: socket.socket, place: Place | None = None) -> None:
    """Answer on a socket until the process is stopped.

    Args:
        settings: Of the service.
        listener: Is closed at the end.
        place: Of this process among several; None where it is alone.
    """
    state = state_of(settings)
    agreed = agreed_of(settings, state.record)
    open_to_callers(state, settings, listener)
    worker = _worker(settings, state, place)
    watches = _watches(settings, agreed, state, place)
    follow(state.record, watches)
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
    on_stop(server.handle_exit)
    _log.info("listening on %s", shown_address(listener))
    try:
        with tracing(app):
            server.run(sockets=[listener])
    finally:
        watches.stop()
        if worker is not None:
            worker.stop()
        # It notes the last uses in the record.
        state.keyring.stop()
        if state.record is not None:
            state.record.close()
        gc.unfreeze()


def _check(settings: Settings, listener: socket.socket) -> None:
    """Look for mistakes once, which each of several processes would tell otherwise."""
    read_rules(settings.rules)
    read_lifecycle(settings.lifecycle)
    read_mapping(settings.mapping)
    _ = settings.provider
    record = open_record(settings)
    try:
        keyring = keyring_of(settings, record)
        guard(keyring, listener.getsockname()[0], may_be_open=settings.open)
    finally:
        if record is not None:
            record.close()


def _answer_among(place: Place, settings: Settings, listener: socket.socket) -> None:
    start_logging(settings)
    answer(settings, listener, place)


def _worker(settings: Settings, state: ServiceState, place: Place | None) -> Worker | None:
    """Return what works in the background, started; None where others do.

    A server has workers of its own, as many as it needs; a file has one process alone.
    """
    record = state.record
    alone = place is None or place.first
    if not alone or record is None or not record.database.embedded:
        return None
    worker = worker_of(record, lambda: state.scoring, settings)
    worker.start()
    return worker


def _watches(
    settings: Settings, agreed: tuple[Lifecycle, Rules], state: ServiceState, place: Place | None
) -> Watches:
    """Return what keeps to the models, started; ready already where others answer meanwhile."""
    loaded = threading.Event()

    def answer_by(scoring: Scoring, message: str | None) -> None:
        keep_loaded()
        state.ready(scoring, message)
        loaded.set()
        if place is not None:
            place.ready.set()

    watches = Watches(settings, agreed, answer_by)
    watches.start()
    if place is not None and place.late:
        loaded.wait()
    return watches
