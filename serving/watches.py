"""All models that answer: the general one and those of use cases, each watched by itself."""

import threading
from collections.abc import Mapping, Sequence

from features.contract.group import group_text, within_group
from serving.lifecycle.agreement import Lifecycle
from serving.lifecycle.terms import UseCase
from serving.model.manifest import Manifest
from serving.scoring.basis import ModelBasis
from serving.scoring.rules import Rules
from serving.scoring.scoring import Scoring
from serving.scoring.use_cases import OwnModel
from serving.settings import Settings
from serving.watch import Told, Watch


class Watches:
    """Keeps to the models that settings and the agreement name; safe to call from several threads.

    A model that several use cases name, or that is the general one, too, is loaded once. Nothing
    answers before each model that was named at the start is loaded, or known to be away; one that
    the agreement names later is loaded while the others answer.

    Attributes:
        scoring: What answers; None while it is being loaded.
    """

    def __init__(self, settings: Settings, agreed: tuple[Lifecycle, Rules], told: Told) -> None:
        """Begin without models.

        Args:
            settings: Name the general model, and where the registry is.
            agreed: Names the models of use cases; and what answers where models cannot.
            told: Called with what answers from now on, and what an operator should know of the
                general model.
        """
        lifecycle, self._rules = agreed
        self.scoring: Scoring | None = None
        self._settings = settings
        self._told = told
        self._lock = threading.Lock()
        self._started = False
        self._last: tuple[Scoring, tuple[OwnModel[Scoring], ...], str | None] | None = None
        self._general = self._watch(settings.model)
        self._use_cases = _with_models(lifecycle)
        self._own = self._watches_of(self._use_cases, {})

    def start(self) -> None:
        """Begin to look, beside whatever else this process does."""
        self._started = True
        self._general.start()
        for watch in self._own.values():
            watch.start()

    def stop(self) -> None:
        """Look no more; what is being loaded is left behind."""
        self._general.stop()
        for watch in self._own.values():
            watch.stop()

    def look(self) -> None:
        """Take up what each address means now."""
        self._general.look()
        for watch in [*self._own.values()]:
            watch.look()

    def follow(self, lifecycle: Lifecycle, rules: Rules) -> None:
        """Let models of other use cases answer, and other rules where models cannot."""
        use_cases = _with_models(lifecycle)
        with self._lock:
            before, self._rules = self._own, rules
            after = self._watches_of(use_cases, before)
            self._use_cases, self._own = use_cases, after
        # Each tells by itself what it answers by.
        for watch in (self._general, *after.values()):
            watch.follow(rules)
        for address in before.keys() - after.keys():
            before[address].stop()
        for address in after.keys() - before.keys():
            if self._started:
                after[address].start()
        self._tell()

    def _watches_of(
        self, use_cases: Sequence[UseCase], known: Mapping[str, Watch]
    ) -> dict[str, Watch]:
        """Return what watches the models of use cases, by address; the general one is watched."""
        named = {one.model for one in use_cases if one.model is not None} - {self._settings.model}
        return {address: known.get(address) or self._watch(address) for address in sorted(named)}

    def _watch(self, address: str | None) -> Watch:
        return Watch(address, self._settings, self._rules, lambda *_: self._tell())

    def _tell(self) -> None:
        with self._lock:
            scoring = self._general.scoring
            waiting = any(watch.scoring is None for watch in self._own.values())
            if scoring is None or (self.scoring is None and waiting):
                return
            own = tuple(self._own_model(one, scoring) for one in self._use_cases)
            named = any(one.model == self._settings.model for one in self._use_cases)
            doubts = [] if named else _of_one_group(scoring)
            message = _joined([self._general.message, *doubts])
            if (scoring, own, message) == self._last:
                return
            self._last = scoring, own, message
            self.scoring = scoring.divided(own) if own else scoring
            self._told(self.scoring, message)

    def _own_model(self, one: UseCase, general: Scoring) -> OwnModel[Scoring]:
        assert one.model is not None
        watch = self._own.get(one.model, self._general)
        scoring = watch.scoring
        if scoring is None:
            return OwnModel(one.name, one.when, one.model, None, "the model is being loaded")
        if scoring.unavailable is not None:
            return OwnModel(one.name, one.when, one.model, None, watch.message)
        message = _joined([watch.message, *_doubts(one, scoring, general)])
        return OwnModel(one.name, one.when, one.model, scoring, message)


def _joined(said: Sequence[str | None]) -> str | None:
    return "; ".join(filter(None, said)) or None


def _with_models(lifecycle: Lifecycle) -> list[UseCase]:
    return [one for one in lifecycle.use_cases if one.model is not None]


def _of_one_group(general: Scoring) -> list[str]:
    """Return what is to be said of a general model that knows some leads only."""
    manifest = _manifest(general)
    if manifest is None or manifest.leads is None:
        return []
    return [
        f"{general.basis.version} learned from leads with {group_text(manifest.leads)} alone, and "
        "answers for all; name it in a use case"
    ]


def _doubts(one: UseCase, own: Scoring, general: Scoring) -> list[str]:
    """Return what is to be said of a model that was trained for other things."""
    said, usual = _manifest(own), _manifest(general)
    assert said is not None
    found = []
    if said.leads is not None and not within_group(one.when, said.leads):
        found.append(
            f"{own.basis.version} learned from leads with {group_text(said.leads)} alone, and "
            f"answers for those with {group_text(one.when)}"
        )
    if usual is not None and _promise(said) != _promise(usual):
        found.append(
            f"{own.basis.version} tells of {_promise(said)}, the general model of "
            f"{_promise(usual)}: their probabilities cannot be compared"
        )
    return found


def _manifest(scoring: Scoring) -> Manifest | None:
    basis = scoring.basis
    return basis.model.manifest if isinstance(basis, ModelBasis) else None


def _promise(manifest: Manifest) -> str:
    horizon = manifest.window.horizon
    return f"'{manifest.target}'" if horizon is None else f"'{manifest.target}' within {horizon}"
