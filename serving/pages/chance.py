"""Probabilities as people say them: "about 4 in 10"."""

from features.contract.language import Language
from serving.pages.saying import say

_SCALES = (10, 100, 1_000)


def chance(probability: float, language: Language) -> str:
    """Return a probability in words, such as `about 4 in 10`.

    It is counted out of ten, or of a hundred or a thousand where of ten would be none or all.
    """
    for scale in _SCALES:
        count = round(probability * scale)
        if 0 < count < scale:
            return say(language, "chance.about", count=count, scale=_thousands(scale, language))
    key = "chance.over" if probability > 0.5 else "chance.under"
    count = _SCALES[-1] - 1 if probability > 0.5 else 1
    return say(language, key, count=count, scale=_thousands(_SCALES[-1], language))


def _thousands(number: int, language: Language) -> str:
    said = f"{number:,}"
    return said.replace(",", ".") if language == "de" else said
