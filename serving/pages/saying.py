"""Words of the workspace, looked up in the reader's language."""

from collections.abc import Mapping

from features.contract.language import Language
from serving.pages.words.agreed import AGREED
from serving.pages.words.both import Both
from serving.pages.words.errors import ERRORS
from serving.pages.words.figures import FIGURES
from serving.pages.words.frame import FRAME
from serving.pages.words.handover import HANDOVER
from serving.pages.words.keys import KEYS
from serving.pages.words.login import LOGIN
from serving.pages.words.model import MODEL
from serving.pages.words.profile import PROFILE
from serving.pages.words.tending import TENDING
from serving.pages.words.users import USERS

WORDS: Mapping[str, Both] = {
    **FRAME,
    **ERRORS,
    **LOGIN,
    **PROFILE,
    **AGREED,
    **FIGURES,
    **HANDOVER,
    **MODEL,
    **TENDING,
    **USERS,
    **KEYS,
}


def say(language: Language, key: str, **filled: object) -> str:
    """Return what a key stands for.

    Args:
        language: Of the reader.
        key: Of `WORDS`; another one is a mistake of the template.
        filled: What its `{names}` stand for.
    """
    said: str = getattr(WORDS[key], language)
    return said.format(**filled) if filled else said
