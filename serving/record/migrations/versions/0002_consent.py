"""Confirmed opt-ins, and scores that can be let go of."""

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Go one step on."""
    op.create_index("ix_current_score_given", "current_score", ["given"], unique=False)
