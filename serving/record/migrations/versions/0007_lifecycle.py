"""Who moved a lead, from where and why; evidence of BANT."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Go one step on."""
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    # Until now only systems told stages.
    role = sa.Column("role", sa.Text(), nullable=False, server_default="crm")
    op.add_column("stage_change", role)
    op.add_column("stage_change", sa.Column("came_from", sa.Text(), nullable=True))
    op.add_column("stage_change", sa.Column("allowed", sa.Boolean(), nullable=True))
    for name in ("reason", "note", "agreement", "use_case"):
        op.add_column("stage_change", sa.Column(name, sa.Text(), nullable=True))
    op.add_column("stage_change", sa.Column("probability", sa.Float(), nullable=True))
    op.add_column("stage_change", sa.Column("grade", sa.Text(), nullable=True))
    op.create_table(
        "bant_report",
        sa.Column("number", number, autoincrement=True, nullable=False),
        sa.Column("lead", number, nullable=False),
        sa.Column("said", sa.JSON(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("recorded", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["lead"], ["lead.number"], name=op.f("fk_bant_report_lead"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_bant_report")),
    )
    op.create_index("ix_bant_report_lead", "bant_report", ["lead"], unique=False)
