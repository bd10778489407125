"""What somebody was alerted of, when a promise is looked at next, and how receivers are told."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Go one step on."""
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    shape = sa.Column("shape", sa.Text(), nullable=False, server_default="standard")
    op.add_column("webhook", shape)
    op.add_column("webhook", sa.Column("targets", sa.JSON(), nullable=True))
    op.create_table(
        "alert",
        sa.Column("number", number, autoincrement=True, nullable=False),
        sa.Column("lead", number, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("raised", sa.BigInteger(), nullable=False),
        sa.Column("said", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["lead"], ["lead.number"], name=op.f("fk_alert_lead"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_alert")),
        sa.UniqueConstraint("lead", "name", "key", name=op.f("uq_alert_lead")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_alert_raised", "alert", ["raised", "number"], unique=False)
    op.create_table(
        "sla_clock",
        sa.Column("lead", number, nullable=False),
        sa.Column("due", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["lead"], ["lead.number"], name=op.f("fk_sla_clock_lead"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("lead", name=op.f("pk_sla_clock")),
    )
    op.create_index("ix_sla_clock_due", "sla_clock", ["due"], unique=False)
