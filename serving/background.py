"""The work in the background as a process of its own."""

import logging
import socket
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from functools import partial

from serving.bootstrap import agreed_of, follow, on_stop, open_to_callers, worker_of, working_state
from serving.http.app import create_operation_app
from serving.http.limits.admission import Limits
from serving.http.server.server import Server
from serving.http.state import ServiceState
from serving.listener import listen, shown_address
from serving.logs.start import start_logging
from serving.record.database.database import RecordError
from serving.settings import Settings
from serving.watches import Watches

_log = logging.getLogger(__name__)


def work(settings: Settings) -> None:
    """Score stored leads again and tell what changed, until the process is stopped.

    Where a port is set, it tells meanwhile how it does.

    Raises:
        DocumentError: The rule file, that of the policy, or the key file cannot be used.
        RecordError: No record is named, its database cannot be had, or is not upgraded.
        AddressError: The address cannot be had.
        OpenToAllError: Others could ask how it does, and there is no key.
    """
    with _listener(settings) as listener:
        start_logging(settings)
        if settings.database_url is None:
            raise RecordError("there is nothing to work on; set LEADSCORE_DATABASE_URL")
        state = working_state(settings)
        record = state.kept()
        until_stopped = _telling(state, settings, listener) if listener else _silent()
        watches = Watches(settings, agreed_of(settings, record), state.ready)
        worker = worker_of(record, lambda: state.scoring, settings)
        state.alive = lambda: worker.alive
        watches.start()
        follow(record, watches)
        worker.start()
        _log.info("working on %s", record.database.shown)
        try:
            until_stopped()
        finally:
            watches.stop()
            worker.stop()
            state.keyring.stop()
            record.close()


def _listener(settings: Settings) -> AbstractContextManager[socket.socket | None]:
    if settings.work_port is None:
        return nullcontext()
    return listen(settings.host, settings.work_port)


def _silent() -> Callable[[], object]:
    """Return what waits until the process is stopped."""
    stopped = threading.Event()
    on_stop(lambda *_: stopped.set())
    return stopped.wait


def _telling(
    state: ServiceState, settings: Settings, listener: socket.socket
) -> Callable[[], object]:
    """Return what tells how the process does until it is stopped."""
    open_to_callers(state, settings, listener)
    server = Server(
        create_operation_app(state, Limits(settings.requests_at_once)),
        state,
        keep_alive=settings.keep_alive_seconds,
        # Nobody sends it work that could go elsewhere.
        leave=0,
        grace=settings.grace_seconds,
    )
    on_stop(server.handle_exit)
    _log.info("listening on %s", shown_address(listener))
    return partial(server.run, sockets=[listener])
