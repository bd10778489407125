"""A project: one TOML file that says where the leads come from and what is to be learned."""

from collections.abc import Mapping
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator

from features.contract.document import DocumentError, read_document, suggestion
from features.contract.document_part import DocumentPart
from features.contract.duration import Duration, parse_duration
from features.contract.group import Group
from features.contract.moment import Moment
from features.declaration.feature_set import AddedFeature, DisplayName
from features.history.sources import ProfileFields, Sources, expand
from training.record.declared import TABLES, RecordSource

_SQLITE = "sqlite:///"


class DerivedStage(DocumentPart):
    """A stage a lead reaches by what it does.

    Attributes:
        stage: Name of the stage.
        event_type: The event that counts.
        count: How many of them it takes.
        within: How close together they must be; None means ever.
    """

    stage: str
    event_type: str
    count: int = Field(default=1, ge=1)
    within: Duration | None = None


class Stages(DocumentPart):
    """What a lead can become.

    Attributes:
        target: The stage whose probability is learned.
        closing: Stages that end a lead, such as disqualified or lost.
        derived: Stages that no table holds.
    """

    target: str
    closing: tuple[str, ...] = ()
    derived: tuple[DerivedStage, ...] = ()

    @model_validator(mode="after")
    def _target_is_open(self) -> Self:
        if self.target in self.closing:
            raise ValueError(f"'{self.target}' is the target and cannot be a closing stage, too")
        return self


class LeadChoice(DocumentPart):
    """Which leads a project is about.

    Attributes:
        where: By profile field, the values that it may have; a lead is one of them while its
            profile says so. Written as `when` of a use case.
    """

    where: Group


class RowGrid(DocumentPart):
    """The moments at which a lead is looked at, chosen without regard to the outcome.

    Attributes:
        horizon: How far a label looks ahead.
        every: Distance of a lead's regular rows; a stretch of this length in which it did anything
            has one row more, right after an event.
        max_age: Up to which age after its start a lead is looked at; older ones are scored, too,
            but nothing is learned of them.
        from_stage: Rows start when this stage is reached; None means at creation.
        observed_from: The sources are complete from here on, so that no row may stand before; None
            means from the start.
        observed_until: The sources are complete up to here; None means up to the last moment seen.
    """

    horizon: Duration
    every: Duration = parse_duration("7d")
    max_age: Duration = parse_duration("365d")
    from_stage: str | None = None
    observed_from: Moment | None = None
    observed_until: Moment | None = None


class Flat(DocumentPart):
    """An export with one row per lead and the outcome in a column.

    Attributes:
        label: Column of the outcome.
        positive: Its value where the target was reached.
        negative: Its values where it was not; rows with any other value have no outcome yet.
            Without it, every other value counts as not reached.
        order: Column to split by, forward in time; ``file`` means the order of the rows;
            ``random`` where there is no order, which every report then says.
    """

    label: str
    positive: str
    negative: tuple[str, ...] = ()
    order: str = "file"

    @model_validator(mode="after")
    def _two_outcomes(self) -> Self:
        if self.positive in self.negative:
            raise ValueError(f"'{self.positive}' cannot be both positive and negative")
        return self


class FeatureChoices(DocumentPart):
    """How the feature set is derived from the data, and what is changed about it.

    Attributes:
        windows: Of counts.
        top_event_types: How many of the most frequent event types get features.
        account: Whether features at the level of the account are wanted.
        add: Further features.
        remove: Names of features, or patterns such as ``count(page_view,*)``, to leave out.
    """

    windows: tuple[Duration, ...] = tuple(parse_duration(w) for w in ("1d", "7d", "30d", "90d"))
    top_event_types: int = Field(default=10, ge=0, le=100)
    account: bool = True
    add: tuple[AddedFeature, ...] = ()
    remove: tuple[str, ...] = ()


CalibrationName = Literal["none", "long_offset", "short_offset", "slope_and_offset"]
"""What may be done to the log-odds of a model, the weakest intervention first."""


class ModelChoices(DocumentPart):
    """Settings of the learners; what is not set is chosen by forward validation.

    Attributes:
        seed: Of everything random.
        season: Whether the time of year is learned; it is never from less than a year.
        by_age: Whether there is a baseline by age, on top of which all else is learned.
        half_life: Of a row's weight, as a share of the training span; 0 means no recency.
        logistic_c: How freely the logistic regression may learn.
        tree_weight: Weight of the booster's logit in the mean; the logistic has the rest.
        leaves: Most leaves of a tree.
        rounds: How many trees.
        learning_rate: Of the booster.
        calibration: What is done to the log-odds of the model that ships.
    """

    seed: int = Field(default=7, ge=0, lt=2**31)
    season: bool | None = None
    by_age: bool | None = None
    half_life: float | None = Field(default=None, ge=0.0, allow_inf_nan=False)
    logistic_c: float | None = Field(default=None, gt=0.0, allow_inf_nan=False)
    tree_weight: float | None = Field(default=None, ge=0.0, le=1.0)
    leaves: int | None = Field(default=None, ge=2, le=64)
    rounds: int | None = Field(default=None, ge=1, le=10_000)
    learning_rate: float = Field(default=0.1, gt=0.0, le=1.0)
    calibration: CalibrationName | None = None


class EvaluationChoices(DocumentPart):
    """The backtest: past cut-offs at which the whole procedure is tried.

    Attributes:
        cutoffs: How many.
        step: Distance between them; shorter where the history is. Flat data step by tenths.
    """

    cutoffs: int = Field(default=3, ge=2, le=60)
    step: Duration = parse_duration("30d")


class Tracking(DocumentPart):
    """Where MLflow is.

    Attributes:
        tracking_uri: A database such as ``sqlite:///mlflow.db``, relative to the project file, or a
            server's address.
        experiment: None means the project's name.
        model_name: Name in the registry; None means ``leadscore-`` and the project's name.
    """

    tracking_uri: str = "${MLFLOW_TRACKING_URI:-sqlite:///mlflow.db}"
    experiment: str | None = None
    model_name: str | None = None


class Project(DocumentPart):
    """All of a project file.

    Without `stages`, `rows` and `flat` there is nothing to learn, but leads can be scored. With
    `source` = ``record``, the leads are those of the record, and `sources` are its tables. With
    `engine` = ``spark``, events lie in Spark, at `master`, or where the environment says.
    """

    name: str = Field(pattern=r"^[A-Za-z0-9_-]{1,60}$")
    source: Literal["record"] | None = None
    engine: Literal["local", "spark"] = "local"
    master: str | None = Field(default=None, min_length=1)
    record: RecordSource = RecordSource()
    sources: Sources
    profile: ProfileFields = ProfileFields()
    leads: LeadChoice | None = None
    stages: Stages | None = None
    rows: RowGrid | None = None
    flat: Flat | None = None
    features: FeatureChoices = FeatureChoices()
    model: ModelChoices = ModelChoices()
    evaluation: EvaluationChoices = EvaluationChoices()
    mlflow: Tracking = Tracking()
    rules: str | None = Field(default=None, description="A rules file; None means the default one.")
    labels: dict[str, DisplayName] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _one_origin(cls, content: object) -> object:
        if not isinstance(content, Mapping):
            return content
        if content.get("source") != "record":
            if "record" in content:
                raise ValueError("[record] says where the record is; set source = 'record', too")
            return content
        if "sources" in content:
            raise ValueError(
                "source = 'record' takes the place of [sources]; leave one of them out"
            )
        return {**content, "sources": TABLES}

    @model_validator(mode="after")
    def _spark_has_events(self) -> Self:
        if self.engine == "local":
            if self.master is not None:
                raise ValueError("'master' says where Spark is; set engine = 'spark', too")
        elif self.source == "record" or self.flat is not None:
            which = "the record" if self.source else "[flat] data"
            raise ValueError(
                f"engine = 'spark' is for events in files and databases; {which} need engine = "
                "'local'"
            )
        return self

    @model_validator(mode="after")
    def _one_kind_of_label(self) -> Self:
        self._check_leads()
        if self.flat is not None:
            self._check_flat()
        elif self.rows is not None and self.stages is None:
            raise ValueError("[rows] needs [stages]: which stage is learned")
        elif self.stages is not None and self.sources.leads.creation is None:
            raise ValueError(
                "key 'sources.leads.columns.created_at' is missing; only data without [stages] do "
                "without. If no column tells when leads were created, set sources.leads.created to "
                "'first_seen' or to a moment"
            )
        return self

    def _check_leads(self) -> None:
        known = (*self.profile.numeric, *self.profile.categorical)
        for field in {} if self.leads is None else self.leads.where:
            if field not in known:
                raise ValueError(
                    f"leads.where.{field}: [profile] has no such field; {suggestion(field, known)}"
                )

    def _check_flat(self) -> None:
        if self.source == "record":
            raise ValueError(
                "[flat] data have no moments, and the record has; use [stages] and [rows]"
            )
        if self.stages is not None or self.rows is not None:
            raise ValueError("[flat] takes the place of [stages] and [rows]; leave one of them out")
        if self.flat and self.flat.label in (*self.profile.numeric, *self.profile.categorical):
            raise ValueError(
                f"'{self.flat.label}' is the outcome and cannot be in [profile], too; leave it out"
            )
        others = ("events", "stages", "profiles")
        dated = [f"sources.{name}" for name in others if getattr(self.sources, name)]
        if self.sources.leads.creation is not None:
            dated.insert(0, f"sources.leads.{self.sources.leads.creation}")
        if dated:
            raise ValueError(
                f"[flat] data have no moments, so that '{dated[0]}' has no use; leave it out, or "
                "use [stages] and [rows]. A column to split by is named by flat.order"
            )

    @property
    def model_name(self) -> str:
        """Name of the model in the registry."""
        return self.mlflow.model_name or f"leadscore-{self.name}"

    @property
    def champion(self) -> str:
        """Address of the version that answers."""
        return f"models:/{self.model_name}@champion"

    @property
    def target(self) -> str:
        """What the probability is of."""
        if self.stages is not None:
            return self.stages.target
        assert self.flat is not None
        return f"{self.flat.label} = {self.flat.positive}"


def read_project(path: Path) -> Project:
    """Read a project file.

    Raises:
        DocumentError: The file is missing, is no TOML, or has a key that is unknown or wrong.
    """
    if path.suffix != ".toml":
        raise DocumentError(f"{path}: a project is a TOML file, such as project.toml")
    project = read_document(path, Project)
    try:
        tracking_uri = _beside(path, expand(project.mlflow.tracking_uri))
    except ValueError as error:
        raise DocumentError(f"{path}: mlflow.tracking_uri: {error}") from None
    tracking = project.mlflow.model_copy(update={"tracking_uri": tracking_uri})
    return project.model_copy(update={"mlflow": tracking})


def _beside(path: Path, tracking_uri: str) -> str:
    """Return the address with a relative SQLite file taken from the folder of a project."""
    if not tracking_uri.startswith(_SQLITE):
        return tracking_uri
    return f"{_SQLITE}{path.parent.resolve() / tracking_uri.removeprefix(_SQLITE)}"
