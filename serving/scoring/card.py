"""The card of what answers: a model's version, window, metrics and features, or the rules."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from features.contract.group import Group
from features.declaration.feature_set import Part
from features.declaration.subject import subject_of
from features.wording.labels import feature_label, subject_label
from serving.model.manifest import Metric, TrainingWindow
from serving.scoring.answer import FallbackReason
from serving.scoring.basis import Basis, BasisName, ModelBasis
from serving.scoring.scoring import Scoring
from serving.scoring.use_cases import OwnModel


class SubjectCard(BaseModel):
    """What a reason can be about, and how much that tells."""

    name: str
    part: Part
    de: str
    en: str
    importance: float = Field(
        description="In log-odds: a model's mean absolute contribution; the most a rule can give."
    )


class FeatureCard(BaseModel):
    """One feature and how much it tells."""

    name: str
    subject: str
    part: Part
    de: str
    en: str
    importance: float = Field(
        description="In log-odds: a model's mean absolute contribution; the most a rule can give."
    )


class ExplanationCard(BaseModel):
    """How the contributions of a model's trees are computed; exact either way."""

    method: str = Field(description="`tables`, or `pred_contrib` and why there are no tables.")
    table_bytes: int = Field(description="Memory that the tables take.")


class UseCaseCard(BaseModel):
    """A use case with a model of its own; what only a loaded model has is null without one."""

    model_config = ConfigDict(protected_namespaces=())

    use_case: str
    when: Group = Field(description="Which leads are of it.")
    model: str = Field(description="Address of the model.")
    model_version: str | None = None
    leads: Group | None = Field(
        default=None, description="Which leads the model learned from; null where all."
    )
    target: str | None = None
    trained_at: datetime | None = None
    window: TrainingWindow | None = None
    message: str | None = Field(description="What an operator should know.")


class Card(BaseModel):
    """What answers. On rules, all that only a model has is null or empty."""

    model_config = ConfigDict(protected_namespaces=())

    basis: BasisName
    fallback_reason: FallbackReason | None = Field(description="Why the rules answer.")
    message: str | None = Field(description="The same as a sentence.")
    model_version: str | None
    project: str | None = None
    target: str | None = None
    leads: Group | None = Field(
        default=None, description="Which leads the model learned from; null where all."
    )
    trained_at: datetime | None = None
    window: TrainingWindow | None = None
    metrics: dict[str, Metric] = Field(default_factory=dict)
    notes: tuple[str, ...] = ()
    explanation: ExplanationCard | None = Field(
        default=None, description="Of the trees; null without trees."
    )
    subjects: list[SubjectCard] = Field(description="The most important first.")
    features: list[FeatureCard]
    use_cases: list[UseCaseCard] = Field(
        description="Those with models of their own; the first that fits and is loaded answers."
    )


def card_of(scoring: Scoring, message: str | None) -> Card:
    """Return the card of what a scoring rests on."""
    basis = scoring.basis
    card = Card(
        basis=basis.name,
        fallback_reason=scoring.unavailable,
        message=message,
        model_version=basis.version,
        subjects=_subjects(basis),
        features=[
            FeatureCard(
                name=feature.name,
                subject=subject_of(feature),
                part=feature.part,
                de=feature_label(feature, basis.feature_set, "de"),
                en=feature_label(feature, basis.feature_set, "en"),
                importance=basis.importance.get(feature.name, 0.0),
            )
            for feature in basis.feature_set.features
        ],
        use_cases=[use_case_card(one) for one in scoring.own],
    )
    if not isinstance(basis, ModelBasis):
        return card
    manifest, trees = basis.model.manifest, basis.model.ensemble.trees
    return card.model_copy(
        update={
            "project": manifest.project,
            "target": manifest.target,
            "leads": manifest.leads,
            "trained_at": manifest.trained_at,
            "window": manifest.window,
            "metrics": manifest.metrics,
            "notes": manifest.notes,
            "explanation": trees
            and ExplanationCard(method=trees.method, table_bytes=trees.table_bytes),
        }
    )


def use_case_card(own: OwnModel[Scoring]) -> UseCaseCard:
    """Return the card of a use case with a model of its own."""
    card = UseCaseCard(use_case=own.use_case, when=own.when, model=own.address, message=own.message)
    basis = own.scorer.basis if own.scorer else None
    if not isinstance(basis, ModelBasis):
        return card
    manifest = basis.model.manifest
    return card.model_copy(
        update={
            "model_version": basis.version,
            "leads": manifest.leads,
            "target": manifest.target,
            "trained_at": manifest.trained_at,
            "window": manifest.window,
        }
    )


def _subjects(basis: Basis) -> list[SubjectCard]:
    first = {subject_of(f): f for f in reversed(basis.feature_set.features)}
    cards = [
        SubjectCard(
            name=name,
            part=feature.part,
            de=subject_label(feature, basis.feature_set, "de"),
            en=subject_label(feature, basis.feature_set, "en"),
            importance=basis.subject_importance.get(name, 0.0),
        )
        for name, feature in first.items()
    ]
    return sorted(cards, key=lambda card: (-card.importance, card.name))
