"""From which probability leads are handed over to sales, since when and by whom."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Go one step on."""
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "handover_threshold",
        sa.Column("number", number, autoincrement=True, nullable=False),
        sa.Column("threshold", sa.Float(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("agreement", sa.Text(), nullable=False),
        sa.Column("leads", sa.Integer(), nullable=False),
        sa.Column("called", sa.Integer(), nullable=False),
        sa.Column("conversions", sa.Float(), nullable=False),
        sa.Column("value", sa.Float(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("occasion", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_handover_threshold")),
        sa.UniqueConstraint("occasion", name=op.f("uq_handover_threshold_occasion")),
    )
    op.create_index("ix_stage_change_at", "stage_change", ["at"], unique=False)
