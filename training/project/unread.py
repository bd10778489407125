"""What scores look at and the sources of a project hold nothing of: usually a name misspelt."""

from features.declaration.feature_set import FeatureSet
from features.history.history import History
from training.project.project import Project


def unread_by(project: Project, history: History, feature_set: FeatureSet) -> tuple[str, ...]:
    """Return what features, and the stages that end a lead, find nothing of in the sources.

    Profile fields (``profile.x``) are missing for every lead, also those that the project declares
    as another kind, and so is the age without a date of creation; event types (``event_type:x``)
    and stages (``stage:x``) never occur.
    """
    numeric, categorical = project.profile.numeric, project.profile.categorical
    fields = {*feature_set.numbers} - {*numeric} | {*feature_set.categories} - {*categorical}
    occurring, reached = history.names()
    types = {*feature_set.event_types} - occurring
    stages: set[str] = set()
    if project.stages is not None:
        reached |= {d.stage for d in project.stages.derived if d.event_type in occurring}
        stages = {project.stages.target, *project.stages.closing} - reached
    ages = {feature.name for feature in feature_set.features if feature.kind == "lead_age"}
    return (
        *(f"profile.{field}" for field in sorted(fields)),
        *(() if project.sources.leads.dated else ages),
        *(f"event_type:{event_type}" for event_type in sorted(types)),
        *(f"stage:{stage}" for stage in sorted(stages)),
    )
