"""What a rule looks at, as people read it."""

from features.contract.language import Language
from features.wording.labels import feature_label
from features.wording.words import number_text
from serving.pages.saying import say
from serving.scoring.rules import FitRule, Rule, Rules


def condition_text(rules: Rules, rule: Rule, language: Language) -> str:
    """Return the condition of a rule as half a sentence."""
    label = feature_label(rules.feature_of(rule), rules.feature_set, language)
    return f"{label}: {', '.join(_bounds(rule, language))}"


def _bounds(rule: Rule, language: Language) -> list[str]:
    if isinstance(rule, FitRule) and rule.one_of is not None:
        return [" / ".join(rule.one_of)]
    if isinstance(rule, FitRule) and rule.missing:
        return [say(language, "rules.missing")]
    bounds = (("rules.at_least", rule.at_least), ("rules.below", rule.below))
    return [
        say(language, key, number=number_text(bound, language))
        for key, bound in bounds
        if bound is not None
    ]
