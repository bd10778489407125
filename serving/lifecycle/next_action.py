"""What to do next with a lead, and the facts that decided it.

Of the table, the first row whose condition holds decides.
"""

from collections.abc import Callable, Mapping
from typing import Literal, NamedTuple

from features.contract.language import Language
from serving.lifecycle.action_words import why_text
from serving.lifecycle.handover import HandoverTerms
from serving.lifecycle.situation import NextActionTerms, Signs, Situation

Kind = Literal["nurture", "send_content", "offer_demo", "call", "let_rest"]


class NextAction(NamedTuple):
    """What to do next.

    Attributes:
        kind: What.
        code: The row of the table that decided.
        why: The facts that decided, as a sentence in each language.
    """

    kind: Kind
    code: str
    why: Mapping[Language, str]


def next_action(
    situation: Situation, terms: NextActionTerms, handover: HandoverTerms | None
) -> NextAction:
    """Return what to do next with a lead.

    Whoever sales or marketing set aside, may not be profiled or cannot be reached is never called.

    Args:
        situation: Of the lead.
        terms: What counts as interest, and as silence.
        handover: What a call costs and may bring; None leaves that out.
    """
    signs = Signs(situation, terms, handover)
    kind, code = next((kind, code) for kind, code, holds in TABLE if holds(signs))
    facts = signs.facts()
    why: dict[Language, str] = {
        "de": why_text(code, facts, "de"),
        "en": why_text(code, facts, "en"),
    }
    return NextAction(kind, code, why)


TABLE: tuple[tuple[Kind, str, Callable[[Signs], bool]], ...] = (
    ("let_rest", "customer", lambda signs: signs.of.stage == "customer"),
    ("let_rest", "disqualified", lambda signs: signs.of.stage == "disqualified"),
    ("let_rest", "no_basis", lambda signs: not signs.of.consent),
    ("let_rest", "unreachable", lambda signs: not signs.of.contactable),
    ("call", "qualified", lambda signs: signs.of.stage == "SQL"),
    ("call", "accepted", lambda signs: signs.of.stage == "SAL"),
    ("call", "demo_asked", lambda signs: signs.untaken and signs.worth and signs.demo),
    ("call", "worth_a_call", lambda signs: signs.untaken and signs.worth and signs.priced),
    ("call", "handed_over", lambda signs: signs.untaken and signs.worth),
    ("offer_demo", "demo_interest", lambda signs: signs.demo),
    ("offer_demo", "price_interest", lambda signs: signs.prices),
    ("let_rest", "quiet", lambda signs: signs.quiet),
    ("send_content", "active", lambda signs: signs.active and signs.better),
    ("nurture", "set_aside", lambda signs: signs.set_aside),
    ("nurture", "no_score", lambda signs: signs.of.grade is None),
    ("let_rest", "low", lambda signs: signs.low and not signs.active),
    ("nurture", "not_yet", lambda signs: signs.priced),
    ("nurture", "not_handed_over", lambda _: True),
)
"""What to do, why, and when; sales reads it in docs/lifecycle.md."""
