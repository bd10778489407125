"""What channels and campaigns cost; leads of low grades that go to people all the same."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Go one step on."""
    op.add_column("feedback", sa.Column("note", sa.Text(), nullable=True))
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "cost",
        sa.Column("month", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("campaign", sa.Text(), nullable=False),
        sa.Column("amount", sa.Float(), nullable=False),
        sa.Column("recorded", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("month", "channel", "campaign", name=op.f("pk_cost")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "review_week",
        sa.Column("week", sa.Text(), nullable=False),
        sa.Column("eligible", sa.Integer(), nullable=False),
        sa.Column("sampled", sa.Integer(), nullable=False),
        sa.Column("drawn", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("week", name=op.f("pk_review_week")),
    )
    op.create_table(
        "review_sample",
        sa.Column("week", sa.Text(), nullable=False),
        sa.Column("lead", number, nullable=False),
        sa.Column("grade", sa.Text(), nullable=False),
        sa.Column("probability", sa.Float(), nullable=False),
        sa.Column("drawn", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["lead"], ["lead.number"], name=op.f("fk_review_sample_lead"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("week", "lead", name=op.f("pk_review_sample")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_review_sample_lead", "review_sample", ["lead"], unique=False)
