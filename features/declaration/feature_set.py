"""Features as data: a feature is declared once, and every way in computes it from this.

A feature set is JSON with a fingerprint. The fingerprint covers what decides a value (features,
their order, the event types, the version of the kernel), not what only a reader sees (names).
"""

import hashlib
import json
from functools import cached_property
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from features.contract.document_part import DocumentPart
from features.contract.duration import Duration, format_duration
from features.declaration.operators import OPERATORS, OperatorName

KERNEL_VERSION = 1
"""Raised whenever an operator's meaning changes; older models are then refused."""

Level = Literal["lead", "account"]
Part = Literal["fit", "behaviour"]


class Behaviour(DocumentPart):
    """An operator over the events of a lead, or of all leads of its account."""

    part: ClassVar[Part] = "behaviour"
    kind: Literal["behaviour"] = "behaviour"
    operator: OperatorName
    event_type: str | None = Field(default=None, description="None means every event.")
    window: Duration | None = None
    half_life: Duration | None = None
    level: Level = "lead"

    @model_validator(mode="after")
    def _time_fits_operator(self) -> Self:
        time = OPERATORS[self.operator].time
        if time == "window" and self.window is None:
            raise ValueError(f"operator '{self.operator}' needs a window, such as window = '30d'")
        if time == "half_life" and (self.half_life is None or self.window is not None):
            raise ValueError(f"operator '{self.operator}' takes half_life = '7d' and no window")
        if time != "half_life" and self.half_life is not None:
            raise ValueError(f"operator '{self.operator}' takes no half_life")
        return self

    @property
    def name(self) -> str:
        """Canonical name, such as ``account.count(demo_request,7d)``."""
        time = self.window or self.half_life
        inside = [self.event_type or "*"] + ([format_duration(time)] if time else [])
        prefix = "account." if self.level == "account" else ""
        return f"{prefix}{self.operator}({','.join(inside)})"


class _ProfileField(DocumentPart):
    part: ClassVar[Part] = "fit"
    field: str

    @property
    def name(self) -> str:
        """Canonical name, such as ``profile.employees``."""
        return f"profile.{self.field}"


class ProfileNumber(_ProfileField):
    """A numeric field of the profile."""

    kind: Literal["number"] = "number"


class ProfileCategory(_ProfileField):
    """A categorical field of the profile."""

    kind: Literal["category"] = "category"


class LeadAge(DocumentPart):
    """Days from `created_at` to `as_of`."""

    part: ClassVar[Part] = "behaviour"
    kind: Literal["lead_age"] = "lead_age"

    @property
    def name(self) -> str:
        """Canonical name."""
        return "lead_age_days"


class MissingCount(DocumentPart):
    """How many of the declared profile fields are missing."""

    part: ClassVar[Part] = "fit"
    kind: Literal["missing_count"] = "missing_count"

    @property
    def name(self) -> str:
        """Canonical name."""
        return "profile_missing"


class Season(DocumentPart):
    """A wave of one year at `as_of`; a sine and a cosine together tell any season of one peak."""

    part: ClassVar[Part] = "behaviour"
    kind: Literal["season"] = "season"
    wave: Literal["sine", "cosine"]

    @property
    def name(self) -> str:
        """Canonical name, ``season.sine`` or ``season.cosine``."""
        return f"season.{self.wave}"


Feature = Annotated[
    Behaviour | ProfileNumber | ProfileCategory | LeadAge | MissingCount | Season,
    Field(discriminator="kind"),
]


AddedFeature = Annotated[Behaviour | LeadAge | MissingCount, Field(discriminator="kind")]
"""What a project may add by itself; fields of the profile are declared where they are read."""


class DisplayName(DocumentPart):
    """What an event type or a profile field is called for a reader."""

    de: str
    en: str


class FeatureSet(DocumentPart):
    """An ordered set of features and the event types they know.

    Attributes:
        features: In the order of the columns of every matrix.
        names: Display names by event type or profile field; what is not named is shown raw.
    """

    features: tuple[Feature, ...]
    names: dict[str, DisplayName] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _no_feature_twice(self) -> Self:
        seen: set[str] = set()
        for feature in self.features:
            if feature.name in seen:
                raise ValueError(f"feature '{feature.name}' is declared twice")
            seen.add(feature.name)
        return self

    @cached_property
    def columns(self) -> dict[str, int]:
        """Column of each feature by name."""
        return {feature.name: column for column, feature in enumerate(self.features)}

    @cached_property
    def event_types(self) -> tuple[str, ...]:
        """Event types that any feature looks at, in code order."""
        named = {f.event_type for f in self.features if isinstance(f, Behaviour) and f.event_type}
        return tuple(sorted(named))

    @cached_property
    def fields(self) -> tuple[str, ...]:
        """Profile fields, in column order."""
        return tuple(
            f.field for f in self.features if isinstance(f, ProfileNumber | ProfileCategory)
        )

    @cached_property
    def categories(self) -> dict[str, int]:
        """Column of each categorical profile field by field name."""
        return {f.field: c for c, f in enumerate(self.features) if isinstance(f, ProfileCategory)}

    @cached_property
    def numbers(self) -> dict[str, int]:
        """Column of each numeric profile field by field name."""
        return {f.field: c for c, f in enumerate(self.features) if isinstance(f, ProfileNumber)}

    @cached_property
    def levels(self) -> frozenset[Level]:
        """Entities whose events are needed."""
        return frozenset(f.level for f in self.features if isinstance(f, Behaviour))

    def behaviours(self, level: Level) -> list[tuple[int, Behaviour]]:
        """Return (column, feature) of the behaviour features of one level."""
        return [
            (column, feature)
            for column, feature in enumerate(self.features)
            if isinstance(feature, Behaviour) and feature.level == level
        ]

    @cached_property
    def knows_season(self) -> bool:
        """Whether any feature tells the time of year."""
        return any(isinstance(feature, Season) for feature in self.features)

    def without_season(self) -> "FeatureSet":
        """Return the other features."""
        others = tuple(f for f in self.features if not isinstance(f, Season))
        return FeatureSet(features=others, names=self.names)

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 over all that decides a value; 64 hexadecimal digits."""
        decisive = {
            "kernel": KERNEL_VERSION,
            "features": [feature.model_dump(mode="json") for feature in self.features],
        }
        text = json.dumps(decisive, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()
