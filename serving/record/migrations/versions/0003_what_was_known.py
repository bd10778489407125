"""What was known when a score was given."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Go one step on."""
    op.create_table(
        "former_lead",
        sa.Column("lead", _NUMBER, nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["lead"], ["lead.number"], name=op.f("fk_former_lead_lead"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("lead", "until", name=op.f("pk_former_lead")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_former_lead_account_id"), "former_lead", ["account_id"])
    op.add_column("score_given", sa.Column("rules", sa.Text(), nullable=True))
    # When values came in was not kept; they say themselves when they could be known.
    op.add_column("profile_value", sa.Column("received", sa.BigInteger(), nullable=True))
    op.execute("UPDATE profile_value SET received = recorded")
    # SQLite's own check misreads tables without row numbers whose key is not in front.
    order = ("lead", "field", "recorded", "occurred", "received", "value", "source")
    with op.batch_alter_table(
        "profile_value", partial_reordering=[order], table_kwargs={"sqlite_with_rowid": False}
    ) as batch_op:
        batch_op.alter_column("received", existing_type=sa.BigInteger(), nullable=False)
        batch_op.drop_constraint("pk_profile_value", type_="primary")
        batch_op.create_primary_key(
            "pk_profile_value", ["lead", "field", "recorded", "occurred", "received"]
        )
