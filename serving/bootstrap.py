"""The parts of a service or worker, put together from its settings."""

import gc
import logging
from collections.abc import Callable

from features.contract.clock import now
from serving.access.keyring import Keyring
from serving.access.provider import Provider
from serving.http.state import ServiceState
from serving.intake.mapping import read_mapping
from serving.record.database import Database
from serving.record.keys import known_keys
from serving.record.policy import read_policy
from serving.record.upgrade import require_upgraded
from serving.scoring.rules import Rules
from serving.scoring.scoring import Scoring
from serving.settings import Settings
from serving.stored.scoring import StoredScores
from serving.stored.shadow import Shadow
from serving.watch import Watch
from serving.work.worker import Worker

_log = logging.getLogger(__name__)


def state_of(settings: Settings, rules: Rules) -> ServiceState:
    """Return what requests share, still without what scores.

    Raises:
        DocumentError: The mapping, the policy or the key file cannot be used.
        RecordError: The record's database cannot be had, or is not upgraded.
        SettingsError: Settings of OpenID Connect lack.
    """
    state = ServiceState()
    state.mapping, state.write_key = read_mapping(settings.mapping), settings.write_key
    state.record = open_record(settings)
    challenge(state.record, settings, rules)
    state.mail_lacks, state.log_requests = settings.mail_lacks, settings.log_requests
    state.keyring = keyring_of(settings, state.record)
    state.keys_in_file = settings.keys is not None
    state.session_terms = settings.session_terms
    state.provider = None if settings.provider is None else Provider(settings.provider)
    state.hubspot_secret, state.public_url = settings.hubspot_secret, settings.public_url
    return state


def keyring_of(settings: Settings, record: StoredScores | None) -> Keyring:
    """Return the keys that count, in the record or a file; not read again until started."""
    return known_keys(settings.keys, None if record is None else record.database)


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


def worker_of(
    record: StoredScores, scoring: Callable[[], Scoring | None], settings: Settings
) -> Worker:
    """Return what scores stored leads again and tells what changed; not started yet."""
    return Worker(record, scoring, local=settings.webhooks_local, mail=settings.mail, clock=now)


def keep_loaded() -> None:
    """Look for no garbage in what is loaded by now; that would take longer than a deadline."""
    gc.collect()
    gc.freeze()
