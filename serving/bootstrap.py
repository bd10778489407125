"""The parts of a service or worker, put together from its settings."""

import gc
import logging
import signal
import socket
from collections.abc import Callable
from types import FrameType

from features.contract.clock import now
from serving.access.hosts import hosts_of
from serving.access.keyring import Keyring
from serving.access.opening import guard
from serving.access.provider import Provider
from serving.agreements import Agreements
from serving.http.state import ServiceState
from serving.intake.mapping import read_mapping
from serving.lifecycle.agreement import Lifecycle, read_lifecycle
from serving.pages.alerts import Reading
from serving.record.access.keys import known_keys
from serving.record.database.database import Database
from serving.record.privacy.policy import read_policy
from serving.record.upgrade import require_upgraded
from serving.scoring.rules import Rules, read_rules
from serving.scoring.scoring import Scoring
from serving.settings import Settings
from serving.stored.scoring import StoredScores
from serving.stored.shadow import Shadow
from serving.watch import Watch
from serving.watches import Watches
from serving.work.worker import Worker

_RECORD_SECONDS = 15.0
"""Until the record must have answered: callers wait for half a minute at most, as a rule."""

_log = logging.getLogger(__name__)


def state_of(settings: Settings) -> ServiceState:
    """Return what requests share, still without what scores.

    Raises:
        DocumentError: The mapping, the policy, the lifecycle, the rules or the key file cannot be
            used.
        RecordError: The record's database cannot be had, or is not upgraded.
        SettingsError: Settings of OpenID Connect lack.
    """
    state = working_state(settings)
    state.mapping, state.write_key = read_mapping(settings.mapping), settings.write_key
    state.mail_lacks = settings.mail_lacks
    state.hubspot_secret, state.public_url = settings.hubspot_secret, settings.public_url
    if state.record is not None:
        state.reading = reading_of(settings, state.record)
    state.keys_in_file = settings.keys is not None
    state.session_terms = settings.session_terms
    state.provider = None if settings.provider is None else Provider(settings.provider)
    return state


def working_state(settings: Settings) -> ServiceState:
    """Return what work on the record needs, and whoever asks how it does.

    Raises:
        DocumentError: The policy, the lifecycle, the rules or the key file cannot be used.
        RecordError: The record's database cannot be had, or is not upgraded.
    """
    state = ServiceState()
    state.record, state.log_requests = open_record(settings), settings.log_requests
    challenge(state.record, settings)
    state.keyring = keyring_of(settings, state.record)
    return state


def keyring_of(settings: Settings, record: StoredScores | None) -> Keyring:
    """Return the keys that count, in the record or a file; not read again until started."""
    return known_keys(settings.keys, None if record is None else record.database)


def open_to_callers(state: ServiceState, settings: Settings, listener: socket.socket) -> None:
    """Look whom a listener lets in, and begin to know keys.

    Raises:
        OpenToAllError: Others could call it, and there is no key.
    """
    address: str = listener.getsockname()[0]
    guard(state.keyring, address, may_be_open=settings.open)
    state.hosts = hosts_of(address, settings.listed_hosts, settings.public_url)
    state.keyring.start()


def on_stop(stop: Callable[[int, FrameType | None], object]) -> None:
    """Let the process be stopped as its user and its supervisor do."""
    for received in (signal.SIGINT, signal.SIGTERM):
        signal.signal(received, stop)


def open_record(settings: Settings) -> StoredScores | None:
    """Return the stored leads, None where no record is kept.

    Raises:
        RecordError: The database cannot be had, or is not upgraded.
        DocumentError: The policy, the lifecycle or the rule file cannot be used.
    """
    if settings.database_url is None:
        return None
    database = Database(settings.database_url, _RECORD_SECONDS)
    require_upgraded(database)
    policy = read_policy(settings.policy)
    agreements = Agreements(database, settings.lifecycle, settings.rules)
    agreements.look()
    record = StoredScores(database, policy, agreements.lifecycle.said)
    record.agreements = agreements
    record.ledger.start()
    return record


def agreed_of(settings: Settings, record: StoredScores | None) -> tuple[Lifecycle, Rules]:
    """Return what is in force: the newest of the record, or else what the files say.

    Raises:
        DocumentError: A file cannot be used.
    """
    if record is None or record.agreements is None:
        return read_lifecycle(settings.lifecycle), read_rules(settings.rules)
    return record.agreements.lifecycle.said, record.agreements.rules.said


def follow(record: StoredScores | None, watches: Watches) -> None:
    """Let leads be moved, and scored, by what is agreed on from now on.

    Args:
        record: Where it is kept; None leaves all as it is.
        watches: Keep to what answers.
    """
    if record is None or record.agreements is None:
        return

    def told(lifecycle: Lifecycle, rules: Rules) -> None:
        record.lifecycle = lifecycle
        watches.follow(lifecycle, rules)
        if record.shadow is not None:
            record.shadow.challenger.follow(rules)

    record.agreements.start(told)


def challenge(record: StoredScores | None, settings: Settings) -> None:
    """Let the challenger, if there is one, score stored leads in the shadow."""
    if settings.challenger is None:
        return
    if record is None:
        _log.warning("the challenger scores stored leads only; set LEADSCORE_DATABASE_URL")
        return
    _, rules = agreed_of(settings, record)
    watch = Watch(settings.challenger, settings, rules, lambda *_: keep_loaded())
    record.shadow = Shadow(record.database, record.outcomes, watch)
    record.shadow.start()


def worker_of(
    record: StoredScores, scoring: Callable[[], Scoring | None], settings: Settings
) -> Worker:
    """Return what scores stored leads again and tells what changed; not started yet."""
    return Worker(
        record,
        scoring,
        local=settings.webhooks_local,
        mail=settings.mail,
        reading=reading_of(settings, record),
        clock=now,
    )


def reading_of(settings: Settings, record: StoredScores) -> Callable[[], Reading]:
    """Return what tells how people read alerts: in the time zone of the agreement in force."""
    public_url = None if settings.public_url is None else settings.public_url.rstrip("/")
    return lambda: Reading(settings.language, record.lifecycle.time_zone, public_url)


def scoring_once(settings: Settings, agreed: tuple[Lifecycle, Rules]) -> Scoring:
    """Return what scores by settings and an agreement, as it is now; nobody looks for newer models.

    Args:
        settings: Name the general model.
        agreed: Names the models of use cases; and what answers where models cannot.
    """
    watches = Watches(settings, agreed, lambda *_: None)
    watches.look()
    assert watches.scoring is not None
    return watches.scoring


def keep_loaded() -> None:
    """Look for no garbage in what is loaded by now; that would take longer than a deadline."""
    gc.collect()
    gc.freeze()
