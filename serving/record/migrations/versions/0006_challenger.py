"""What a challenger says beside the answers."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Go one step on."""
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "challenge",
        sa.Column("number", number, autoincrement=True, nullable=False),
        sa.Column("lead", number, nullable=False),
        sa.Column("as_of", sa.BigInteger(), nullable=False),
        sa.Column("given", sa.BigInteger(), nullable=False),
        sa.Column("probability", sa.Float(), nullable=False),
        sa.Column("model_version", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["lead"], ["lead.number"], name=op.f("fk_challenge_lead"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_challenge")),
    )
    op.create_index("ix_challenge_lead", "challenge", ["lead", "as_of"], unique=False)
