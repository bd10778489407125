"""Leads that may be one person."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Go one step on."""
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "company_mark",
        sa.Column("lead", number, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["lead"], ["lead.number"], name=op.f("fk_company_mark_lead"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("lead", "kind", "value", name=op.f("pk_company_mark")),
    )
    op.create_index(
        "ix_company_mark_value", "company_mark", ["kind", "value", "lead"], unique=False
    )
    op.create_table(
        "duplicate",
        sa.Column("first", number, nullable=False),
        sa.Column("second", number, nullable=False),
        sa.Column("email", sa.Boolean(), nullable=False),
        sa.Column("phone", sa.Boolean(), nullable=False),
        sa.Column("name_company", sa.Float(), nullable=True),
        sa.Column("strength", sa.Float(), nullable=False),
        sa.Column("different", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["first"], ["lead.number"], name=op.f("fk_duplicate_first"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["second"], ["lead.number"], name=op.f("fk_duplicate_second"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("first", "second", name=op.f("pk_duplicate")),
    )
    op.create_index("ix_duplicate_second", "duplicate", ["second"], unique=False)
    op.create_table(
        "uncompared",
        sa.Column("lead", number, nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["lead"], ["lead.number"], name=op.f("fk_uncompared_lead"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("lead", name=op.f("pk_uncompared")),
    )
    op.create_index("ix_uncompared_since", "uncompared", ["since"], unique=False)
    op.create_index("ix_merge_root_before", "merge", ["root_before"], unique=False)
    op.drop_index("ix_lead_root", "lead")
    op.create_index("ix_lead_root", "lead", ["root", "number"], unique=False)
    # Leads that are there already have never been compared.
    op.execute(
        "INSERT INTO uncompared SELECT DISTINCT lead, since FROM contact WHERE kind = 'name'"
    )
