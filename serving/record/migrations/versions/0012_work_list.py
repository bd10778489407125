"""Where leads stand beside their scores, and the words of their names, for the list of work."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Go one step on."""
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    word = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
    op.add_column("current_score", sa.Column("stage", sa.Text(), nullable=False, server_default=""))
    op.add_column("current_score", sa.Column("use_case", sa.Text(), nullable=True))
    op.drop_index("ix_current_score_probability", "current_score")
    op.create_index(
        "ix_current_score_probability",
        "current_score",
        ["probability", "lead", "stage", "grade", "use_case"],
        unique=False,
    )
    op.create_table(
        "name_word",
        sa.Column("lead", number, nullable=False),
        sa.Column("word", word, nullable=False),
        sa.ForeignKeyConstraint(
            ["lead"], ["lead.number"], name=op.f("fk_name_word_lead"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("lead", "word", name=op.f("pk_name_word")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_name_word_word", "name_word", ["word", "lead"], unique=False)
    # The work in the background notes both: where leads stand as it scores them again, the words
    # as it compares their contacts.
    op.execute("UPDATE lead SET due = changed WHERE due IS NULL AND number = root")
    op.execute(
        "INSERT INTO uncompared SELECT lead, MIN(since) FROM contact "
        "WHERE kind IN ('name', 'company') AND lead NOT IN (SELECT lead FROM uncompared) "
        "GROUP BY lead"
    )
