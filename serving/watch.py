"""The model that an address means: loaded, and swapped as soon as the address means another one."""

import logging
import threading
from collections.abc import Callable
from pathlib import Path

from serving.model.artefact import ModelRefusedError, load_model
from serving.model.scorer import LeadModel
from serving.registry.loader import (
    REGISTRY_SCHEME,
    FetchedModel,
    ModelUnavailableError,
    fetch_model,
)
from serving.scoring.answer import FallbackReason, Listing
from serving.scoring.rules import Rules
from serving.scoring.scoring import Conditions, Scoring
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
        self._tried: Path | None = None
        self._refusal: str | None = None
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
        try:
            self._take_up()
        except ModelUnavailableError as error:
            self._stay("no_model", str(error))
        except ModelRefusedError as error:
            self._refusal = str(error)
            self._stay("model_refused", self._refusal)
        except Exception as error:
            # Whatever is wrong with a model, and if it fails at its first lead: others can answer.
            _log.exception("the model failed")
            self._refusal = f"the model failed at loading with {type(error).__name__}; see the log"
            self._stay("model_refused", self._refusal)

    def _run(self) -> None:
        if self.scoring is None:
            self.look()
        seconds = self._settings.model_watch_seconds
        # A folder is what it is; only what a registry says of an address can change.
        if seconds and self._uri is not None and self._uri.startswith(REGISTRY_SCHEME):
            while not self._stopped.wait(seconds):
                self.look()

    def _take_up(self) -> None:
        if self._uri is None:
            raise ModelUnavailableError("no model is configured; set LEADSCORE_MODEL")
        fetched = self._fetched()
        if fetched.folder == self._tried:
            if self._refusal is not None:
                self._stay("model_refused", self._refusal)
            else:
                self._answer_by(self.scoring, fetched.stale)
            return
        self._tried, self._refusal = fetched.folder, None
        scoring = self._scoring(self._loaded(fetched))
        self._answer_by(scoring, fetched.stale)

    def _fetched(self, *, anew: bool = False) -> FetchedModel:
        settings = self._settings
        return fetch_model(self._uri or "", settings.tracking_uri, settings.cache, anew=anew)

    def _loaded(self, fetched: FetchedModel) -> LeadModel:
        try:
            return load_model(fetched.folder, fetched.version)
        except ModelRefusedError as refused:
            if fetched.version is None:
                raise
            try:
                again = self._fetched(anew=True)
            except ModelUnavailableError:
                # It may be a damaged copy, and not the model: to be tried again.
                self._tried = None
                raise refused from None
            _log.warning("the copy of %s was fetched again: %s", fetched.version, refused)
            self._tried = again.folder
            return load_model(again.folder, again.version)

    def _stay(self, reason: FallbackReason, message: str) -> None:
        """Leave what answers; the rules, where nothing does or they do for another reason."""
        scoring = self.scoring
        if scoring is None or scoring.unavailable not in (None, reason):
            scoring = self._scoring(reason)
        elif scoring.unavailable is None:
            message = f"{message}; {scoring.basis.version} answers on"
        self._answer_by(scoring, message)

    def _scoring(self, model: LeadModel | FallbackReason) -> Scoring:
        scoring = Scoring(self._rules, model, conditions_of(self._settings))
        scoring.warm()
        return scoring

    def _answer_by(self, scoring: Scoring | None, message: str | None) -> None:
        if scoring is None or (scoring is self.scoring and message == self.message):
            return
        if message is not None and message != self.message:
            _log.warning("%s: %s", self._uri or "no model", message)
        if scoring is not self.scoring:
            _log.info("%s answers", scoring.basis.version or "the rules")
        self.scoring, self.message = scoring, message
        self._told(scoring, message)


def conditions_of(settings: Settings) -> Conditions:
    """Return what settings mean for every answer."""
    return Conditions(
        deadline=settings.deadline_ms / 1000,
        listing=Listing(up=settings.reasons_up, down=settings.reasons_down),
        language=settings.language,
    )
