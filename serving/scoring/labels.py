"""What features, subjects, fields and event types of an answer are called, for a reader."""

from features.contract.language import Language
from features.declaration.subject import EVERY_EVENT, subject_of
from features.wording.labels import display_name, feature_label, subject_label
from features.wording.words import WORDS
from serving.scoring.basis import Basis


class Labels:
    """What things are called by what a score rests on; whatever that does not know is named."""

    def __init__(self, basis: Basis, language: Language) -> None:
        """Speak of what a basis looks at, in a language."""
        self._set, self._language = basis.feature_set, language
        features = self._set.features
        self._features = {f.name: feature_label(f, self._set, language) for f in features}
        self._subjects = {subject_of(f): subject_label(f, self._set, language) for f in features}

    def feature(self, name: str) -> str:
        """Return what a feature is called."""
        return self._features.get(name, name)

    def subject(self, name: str) -> str:
        """Return what a subject is called, also where only another basis knows it."""
        if name in self._subjects:
            return self._subjects[name]
        words = WORDS[self._language]
        who, _, event = name.partition("event:")
        if event:
            called = words["activity"] if event == EVERY_EVENT else self.event(event)
            return f"{words['account']}: {called}" if who else called
        return self.field(name.removeprefix("profile."))

    def event(self, event_type: str) -> str:
        """Return what a type of event is called."""
        named = display_name(event_type, self._set.names, self._language)
        return named or WORDS[self._language]["event"].format(name=event_type)

    def field(self, name: str) -> str:
        """Return what a profile field is called."""
        return display_name(name, self._set.names, self._language) or name
