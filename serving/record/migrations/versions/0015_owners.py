"""Who owns a lead: a user of the workspace, or somebody of the CRM; and leads of a stage."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0013"


def upgrade() -> None:
    """Go one step on."""
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "lead_owner",
        sa.Column("lead", number, nullable=False),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["lead"], ["lead.number"], name=op.f("fk_lead_owner_lead"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("lead", name=op.f("pk_lead_owner")),
    )
    op.create_index("ix_lead_owner_owner", "lead_owner", ["owner", "lead"], unique=False)
    op.create_index(
        "ix_current_score_stage", "current_score", ["stage", "probability", "lead"], unique=False
    )
