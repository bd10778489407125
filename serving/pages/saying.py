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
from serving.pages.words.lead import LEAD
from serving.pages.words.login import LOGIN
from serving.pages.words.model import MODEL
from serving.pages.words.owner import OWNER
from serving.pages.words.parts import PARTS
from serving.pages.words.profile import PROFILE
from serving.pages.words.stages import CHANCE, CLOCK, STAGES
from serving.pages.words.tending import TENDING
from serving.pages.words.users import USERS
from serving.pages.words.work import WORK

_PARTS = (
    FRAME, ERRORS, LOGIN, PROFILE, USERS, KEYS, CHANCE, CLOCK, STAGES, LEAD, WORK, AGREED, FIGURES,
    HANDOVER, MODEL, TENDING, OWNER, PARTS,
)  # fmt: skip

WORDS: Mapping[str, Both] = {key: both for part in _PARTS for key, both in part.items()}


def say(language: Language, key: str, **filled: object) -> str:
    """Return what a key stands for.

    Args:
        language: Of the reader.
        key: Of `WORDS`; another one is a mistake of the template.
        filled: What its `{names}` stand for.
    """
    said: str = getattr(WORDS[key], language)
    return said.format(**filled) if filled else said


def reason_text(language: Language, code: str) -> str:
    """Return a reason for a reader; one of somebody's own as the agreement writes it."""
    key = f"reason.{code}"
    return say(language, key) if key in WORDS else code
