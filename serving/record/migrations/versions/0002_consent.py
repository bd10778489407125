"""Confirmed opt-ins, and scores that can be let go of."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Go one step on."""
    op.create_table(
        "opt_in",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("lead", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("wording", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("asked", sa.BigInteger(), nullable=False),
        sa.Column("expires", sa.BigInteger(), nullable=False),
        sa.Column("confirmed", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due", sa.BigInteger(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["lead"], ["lead.number"], name=op.f("fk_opt_in_lead"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opt_in")),
    )
    op.create_index("ix_opt_in_lead", "opt_in", ["lead", "purpose"], unique=False)
    op.create_index("ix_opt_in_due", "opt_in", ["state", "due"], unique=False)
    op.create_index("ix_current_score_given", "current_score", ["given"], unique=False)
