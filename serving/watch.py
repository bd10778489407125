"""The model that an address means: loaded, and swapped as soon as the address means another one."""

import logging
import threading
from collections.abc import Callable
from pathlib import Path

from serving.model.artefact import ModelRefusedError
from serving.model.scorer import LeadModel
from serving.registry.loaded import load_fetched
from serving.registry.loader import fetch_model
from serving.registry.model_folder import REGISTRY_SCHEME, ModelUnavailableError
from serving.scoring.answer import FallbackReason
from serving.scoring.rules import Rules
from serving.scoring.scoring import Conditions, Scoring
from serving.scoring.strongest import Listing
from serving.settings import Settings

Told = Callable[[Scoring, str | None], None]

_log = logging.getLogger(__name__)


class Watch:
    """Keeps to the model that an address means; nobody waits while another one is loaded.

    Whatever goes wrong with a newer model leaves the one that answers.

    Attributes:
        scoring: What answers, warm; None while the first is being loaded.
        message: What an operator should know of it.
    """

    def __init__(self, uri: str | None, settings: Settings, rules: Rules, told: Told) -> None:
        """Begin without a model.

        Args:
            uri: Folder, or address of a registered model; None where the rules are to answer.
            settings: Where the registry is, how often it is asked, and what answers look like.
            rules: What answers where the model cannot.
            told: Called with what answers from now on, and what an operator should know of it.
        """
        self.scoring: Scoring | None = None
        self.message: str | None = None
        self._uri = uri
        self._settings = settings
        self._rules = rules
        self._told = told
        self._loaded: Path | None = None
        self._refused: dict[Path, str] = {}
        # Looks wait for each other; other rules do not wait for a registry that takes its time.
        self._looking = threading.Lock()
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watch", daemon=True)

    def start(self) -> None:
        """Begin to look, beside whatever else this process does."""
        self._thread.start()

    def stop(self) -> None:
        """Look no more; what is being loaded is left behind."""
        self._stopped.set()

    def look(self) -> None:
        """Take up what the address means now, where that is not what answers."""
        with self._looking:
            if self._uri is None:
                self._stay("no_model", "no model is configured; set LEADSCORE_MODEL")
                return
            try:
                self._take_up(self._uri)
            except ModelUnavailableError as error:
                self._stay("no_model", str(error))

    def follow(self, rules: Rules) -> None:
        """Let other rules answer where the model cannot, from the next answer on."""
        with self._lock:
            if rules == self._rules:
                return
            self._rules = rules
            if self.scoring is not None:
                self._swap(self._by_rules(self.scoring), self.message)

    def _run(self) -> None:
        if self.scoring is None:
            self.look()
        seconds = self._settings.model_watch_seconds
        # A folder is what it is; only what a registry says of an address can change.
        if seconds and self._uri is not None and self._uri.startswith(REGISTRY_SCHEME):
            while not self._stopped.wait(seconds):
                self.look()

    def _take_up(self, uri: str) -> None:
        place = (uri, self._settings.tracking_uri, self._settings.cache)
        fetched = fetch_model(*place)
        if fetched.folder == self._loaded:
            self._answer_on(fetched.stale)
            return
        if fetched.folder not in self._refused:
            try:
                scoring = self._scoring(load_fetched(fetched, *place))
            except ModelUnavailableError:
                raise
            except ModelRefusedError as error:
                self._refused[fetched.folder] = str(error)
            except Exception as error:
                # Whatever is wrong with a model, and if it fails at its first lead.
                _log.exception("the model failed")
                self._refused[fetched.folder] = (
                    f"the model failed at loading with {type(error).__name__}; see the log"
                )
            else:
                self._loaded = fetched.folder
                self._answer_by(scoring, fetched.stale)
                return
        self._stay("model_refused", self._refused[fetched.folder])

    def _stay(self, reason: FallbackReason, message: str) -> None:
        """Leave what answers; the rules, where nothing does or they do for another reason."""
        scoring = self.scoring
        if scoring is None or scoring.unavailable not in (None, reason):
            self._answer_by(self._scoring(reason), message)
        elif scoring.unavailable is None:
            self._answer_on(f"{message}; {scoring.basis.version} answers on")
        else:
            self._answer_on(message)

    def _scoring(self, model: LeadModel | FallbackReason) -> Scoring:
        scoring = Scoring(self._rules, model, conditions_of(self._settings), self._uri)
        scoring.warm()
        return scoring

    def _by_rules(self, scoring: Scoring) -> Scoring:
        """Return what scores by the rules of now; they may have changed while it was loaded."""
        if scoring.rules == self._rules:
            return scoring
        scoring = scoring.under(self._rules)
        scoring.warm()
        return scoring

    def _answer_by(self, scoring: Scoring, message: str | None) -> None:
        with self._lock:
            self._swap(self._by_rules(scoring), message)

    def _answer_on(self, message: str | None) -> None:
        with self._lock:
            assert self.scoring is not None
            self._swap(self.scoring, message)

    def _swap(self, scoring: Scoring, message: str | None) -> None:
        if scoring is self.scoring and message == self.message:
            return
        if message is not None and message != self.message:
            _log.warning("%s: %s", self._uri or "no model", message)
        if scoring is not self.scoring:
            # Who answers in place of a model of a use case is not for this one to say.
            otherwise = "on rules" if self._uri is None else "without it"
            version = scoring.basis.version
            ready = f"on {version}" if version else otherwise
            _log.info("%s: ready %s", self._uri or "no model", ready)
        self.scoring, self.message = scoring, message
        self._told(scoring, message)


def conditions_of(settings: Settings) -> Conditions:
    """Return what settings mean for every answer."""
    return Conditions(
        deadline=settings.deadline_ms / 1000,
        listing=Listing(up=settings.reasons_up, down=settings.reasons_down),
        language=settings.language,
    )
