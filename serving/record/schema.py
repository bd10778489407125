"""The tables of the record. Moments are microseconds since 1970; histories are only added to.

What belongs to a lead hangs on its number (`lead.number`), never on its id: where two leads turn
out to be one person, `root` points to the one that stands for both, and no row is rewritten.
"""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
    }
)

# SQLite counts up only what is called INTEGER.
_Number = BigInteger().with_variant(Integer, "sqlite")


def _of_lead() -> Column[int]:
    return Column("lead", _Number, ForeignKey("lead.number", ondelete="CASCADE"), nullable=False)


def _moment(name: str, *, nullable: bool = False) -> Column[int]:
    return Column(name, BigInteger, nullable=nullable)


lead = Table(
    "lead",
    metadata,
    Column("number", _Number, primary_key=True, autoincrement=True),
    Column("lead_id", Text, nullable=False, unique=True),
    Column("root", _Number, nullable=False, doc="Number of the lead it is part of."),
    Column("kind", Text, nullable=False, doc="`lead`, or `visitor`: nobody knows who it is."),
    _moment("created"),
    Column("account_id", Text, index=True),
    _moment("changed"),
    _moment("due", nullable=True),
    # With its order: without, PostgreSQL may look for the first part among all leads.
    Index("ix_lead_root", "root", "number"),
    Index("ix_lead_due", "due"),
    Index("ix_lead_changed", "changed", "number"),
    # Never the number of one that is gone: the audit, or a sender, may still name that.
    sqlite_autoincrement=True,
)

# What a lead was said to be, up to the moment at which it was told otherwise.
former_lead = Table(
    "former_lead",
    metadata,
    _of_lead(),
    _moment("until"),
    Column("kind", Text, nullable=False),
    _moment("created"),
    Column("account_id", Text, index=True),
    PrimaryKeyConstraint("lead", "until"),
    sqlite_with_rowid=False,
)

contact = Table(
    "contact",
    metadata,
    _of_lead(),
    Column("kind", Text, nullable=False, doc="`email`, `phone`, `user_id`, `anonymous_id`, .."),
    Column("value", Text, nullable=False, doc="In its canonical form."),
    _moment("since"),
    PrimaryKeyConstraint("lead", "kind", "value"),
    Index("ix_contact_value", "kind", "value"),
)

company_mark = Table(
    "company_mark",
    metadata,
    _of_lead(),
    Column("kind", Text, nullable=False, doc="`firm` or `domain`."),
    Column("value", Text, nullable=False, doc="By which namesakes of one company are found."),
    PrimaryKeyConstraint("lead", "kind", "value"),
    Index("ix_company_mark_value", "kind", "value", "lead"),
)

name_word = Table(
    "name_word",
    metadata,
    _of_lead(),
    # Compared by its code points, whatever the language of the database, so that words that begin
    # alike stand together.
    Column("word", Text().with_variant(Text(collation="C"), "postgresql"), nullable=False),
    PrimaryKeyConstraint("lead", "word"),
    Index("ix_name_word_word", "word", "lead"),
    sqlite_with_rowid=False,
)

profile_value = Table(
    "profile_value",
    metadata,
    _of_lead(),
    Column("field", Text, nullable=False),
    _moment("recorded"),
    _moment("occurred"),
    _moment("received"),
    Column("value", JSON, doc="A text, a number, a boolean; null where it was taken back."),
    Column("source", Text, nullable=False),
    PrimaryKeyConstraint("lead", "field", "recorded", "occurred", "received"),
    sqlite_with_rowid=False,
)

event = Table(
    "event",
    metadata,
    _of_lead(),
    Column("type", Text, nullable=False),
    Column("event_id", Text, nullable=False, doc="`=` and the sender's, or `#` and a digest."),
    _moment("occurred"),
    _moment("recorded"),
    _moment("received"),
    Column("value", Float),
    Column("item", Text),
    Column("source", Text, nullable=False),
    # Clustered by lead, which is how events are asked for.
    PrimaryKeyConstraint("lead", "type", "event_id"),
    sqlite_with_rowid=False,
)

stage_change = Table(
    "stage_change",
    metadata,
    _of_lead(),
    Column("stage", Text, nullable=False),
    _moment("at"),
    _moment("recorded"),
    Column("source", Text, nullable=False, doc="Who told or decided it: a system, an id, a rule."),
    Column("role", Text, nullable=False, server_default="crm", doc="In which it was decided."),
    Column("came_from", Text, doc="The stage before, in the agreement; null where it has none."),
    Column(
        "allowed", Boolean, doc="Whether the agreement has this way; null before there was one."
    ),
    Column("reason", Text, doc="A code."),
    Column("note", Text),
    Column("agreement", Text, doc="Version and fingerprint of the lifecycle file."),
    Column("use_case", Text, doc="Whose thresholds counted; null are the usual ones."),
    Column("probability", Float, doc="At that moment; null where it was not looked at."),
    Column("grade", Text),
    PrimaryKeyConstraint("lead", "stage", "at"),
    Index("ix_stage_change_at", "at"),
    sqlite_with_rowid=False,
)

handover_threshold = Table(
    "handover_threshold",
    metadata,
    Column("number", _Number, primary_key=True, autoincrement=True),
    Column("threshold", Float, nullable=False, doc="From which probability leads are handed over."),
    _moment("at"),
    Column("by", Text, nullable=False, doc="Who brought it into force: a person, or `rule`."),
    Column("agreement", Text, nullable=False, doc="Version and fingerprint of the lifecycle file."),
    Column("leads", Integer, nullable=False, doc="Of the week, at or above it."),
    Column("called", Integer, nullable=False, doc="Of these, for whom there is time."),
    Column("conversions", Float, nullable=False, doc="Of those, expected."),
    Column("value", Float, nullable=False, doc="That they bring by expectation, less the calls."),
    Column("currency", Text, nullable=False),
    Column("occasion", Text, unique=True, doc="What it follows; null where a person decided."),
)

bant_report = Table(
    "bant_report",
    metadata,
    Column("number", _Number, primary_key=True, autoincrement=True),
    _of_lead(),
    Column("said", JSON, nullable=False, doc="By subject; null where there is none of it."),
    Column("source", Text, nullable=False, doc="`form`, `call`, `email`, `crm`, `event`."),
    Column("confidence", Float, nullable=False),
    _moment("at"),
    Column("by", Text, nullable=False),
    Column("note", Text, doc="Free text, so personal data."),
    _moment("recorded"),
    Index("ix_bant_report_lead", "lead"),
)

lead_owner = Table(
    "lead_owner",
    metadata,
    Column("lead", _Number, ForeignKey("lead.number", ondelete="CASCADE"), primary_key=True),
    Column("owner", Text, doc="A user, such as `user 7`, or an id of the CRM; null is nobody."),
    _moment("since"),
    Column("by", Text, nullable=False),
    Index("ix_lead_owner_owner", "owner", "lead"),
)

score_given = Table(
    "score_given",
    metadata,
    Column("number", _Number, primary_key=True, autoincrement=True),
    _of_lead(),
    _moment("as_of"),
    _moment("given"),
    Column("probability", Float, nullable=False),
    Column("score", Integer, nullable=False),
    Column("grade", Text, nullable=False),
    Column("basis", Text, nullable=False),
    Column("fallback_reason", Text),
    Column("model_version", Text),
    Column("rules", Text, doc="Fingerprint of the rules that answered; null where a model did."),
    Column("log_odds", Float, nullable=False),
    Column("base_log_odds", Float, nullable=False),
    Column("contributions", JSON, nullable=False, doc="By subject."),
    Index("ix_score_given_lead", "lead", "as_of"),
)

current_score = Table(
    "current_score",
    metadata,
    Column("lead", _Number, ForeignKey("lead.number", ondelete="CASCADE"), primary_key=True),
    Column("given", _Number, ForeignKey("score_given.number", ondelete="CASCADE"), nullable=False),
    Column("probability", Float, nullable=False),
    Column("grade", Text, nullable=False),
    _moment("as_of"),
    Column("stage", Text, nullable=False, server_default="", doc="Of the agreement; or empty."),
    Column("use_case", Text, doc="Of the agreement; null is the usual one."),
    # With what lists are filtered by.
    Index("ix_current_score_probability", "probability", "lead", "stage", "grade", "use_case"),
    # Of a stage in which few are.
    Index("ix_current_score_stage", "stage", "probability", "lead"),
    # A score that goes is looked for here.
    Index("ix_current_score_given", "given"),
)

challenge = Table(
    "challenge",
    metadata,
    Column("number", _Number, primary_key=True, autoincrement=True),
    _of_lead(),
    _moment("as_of"),
    _moment("given"),
    Column("probability", Float, nullable=False),
    Column("model_version", Text, nullable=False),
    Index("ix_challenge_lead", "lead", "as_of"),
)

feedback = Table(
    "feedback",
    metadata,
    Column("number", _Number, primary_key=True, autoincrement=True),
    _of_lead(),
    Column("kind", Text, nullable=False, doc="`accepted`, `rejected`, `wrong_reason`."),
    Column("reason", Text),
    Column("subject", Text),
    Column("by", Text),
    _moment("at"),
    _moment("recorded"),
    Column("note", Text, doc="Free text, so personal data."),
    Index("ix_feedback_lead", "lead"),
)

# Leads of low grades that go to people all the same, and how likely each was to be drawn.
review_sample = Table(
    "review_sample",
    metadata,
    Column("week", Text, nullable=False, doc="As of ISO 8601, such as `2026-W09`."),
    _of_lead(),
    Column("grade", Text, nullable=False, doc="When it was drawn."),
    Column("probability", Float, nullable=False, doc="Of being drawn, above 0 up to 1."),
    _moment("drawn"),
    PrimaryKeyConstraint("week", "lead"),
    Index("ix_review_sample_lead", "lead"),
    sqlite_with_rowid=False,
)

review_week = Table(
    "review_week",
    metadata,
    Column("week", Text, primary_key=True),
    Column("eligible", Integer, nullable=False),
    Column("sampled", Integer, nullable=False),
    _moment("drawn"),
)

cost = Table(
    "cost",
    metadata,
    Column("month", Text, nullable=False, doc="Such as `2026-03`."),
    Column("channel", Text, nullable=False, doc="In the form of equal categories."),
    Column("campaign", Text, nullable=False, doc="The same; empty where it is the channel's own."),
    Column("amount", Float, nullable=False, doc="In the currency of the agreement."),
    _moment("recorded"),
    PrimaryKeyConstraint("month", "channel", "campaign"),
    sqlite_with_rowid=False,
)

consent = Table(
    "consent",
    metadata,
    Column("number", _Number, primary_key=True, autoincrement=True),
    _of_lead(),
    Column("purpose", Text, nullable=False, doc="Such as `profiling`, `newsletter`."),
    Column("basis", Text, nullable=False, doc="Such as `consent`, `legitimate_interest`."),
    Column("given", Boolean, nullable=False, doc="False where it was withdrawn."),
    Column("source", Text, nullable=False),
    Column("wording", Text, doc="Version of what was agreed to."),
    Column("proof", Text),
    _moment("at"),
    _moment("recorded"),
    Index("ix_consent_lead", "lead", "purpose"),
)

opt_in = Table(
    "opt_in",
    metadata,
    Column("id", Text, primary_key=True),
    _of_lead(),
    Column("purpose", Text, nullable=False),
    Column("wording", Text, nullable=False, doc="Version of the text."),
    Column("text", Text, nullable=False, doc="What is agreed to, whatever its file says later."),
    Column("language", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("email", Text, nullable=False, doc="Whose reader confirms."),
    _moment("asked"),
    _moment("expires"),
    _moment("confirmed", nullable=True),
    Column("state", Text, nullable=False, doc="Of the mail: `waiting`, `sent`, `dead`."),
    Column("attempts", Integer, nullable=False),
    _moment("due"),
    Column("answer", Text, doc="Status or fault of the newest attempt."),
    Index("ix_opt_in_lead", "lead", "purpose"),
    Index("ix_opt_in_due", "state", "due"),
)

merge = Table(
    "merge",
    metadata,
    Column("number", _Number, primary_key=True, autoincrement=True),
    Column("kept", _Number, ForeignKey("lead.number", ondelete="CASCADE"), nullable=False),
    Column("joined", JSON, nullable=False, doc="Numbers of the leads whose root moved."),
    Column("root_before", _Number, nullable=False),
    Column("by", Text, nullable=False),
    _moment("at"),
    _moment("undone", nullable=True),
    Index("ix_merge_kept", "kept"),
    Index("ix_merge_root_before", "root_before"),
    sqlite_autoincrement=True,
)

uncompared = Table(
    "uncompared",
    metadata,
    Column("lead", _Number, ForeignKey("lead.number", ondelete="CASCADE"), primary_key=True),
    _moment("since"),
    Index("ix_uncompared_since", "since"),
)

duplicate = Table(
    "duplicate",
    metadata,
    Column("first", _Number, ForeignKey("lead.number", ondelete="CASCADE"), nullable=False),
    Column("second", _Number, ForeignKey("lead.number", ondelete="CASCADE"), nullable=False),
    Column("email", Boolean, nullable=False, doc="They have the same address."),
    Column("phone", Boolean, nullable=False, doc="They have the same number."),
    Column("name_company", Float, doc="How alike their names are, at one company."),
    Column("strength", Float, nullable=False),
    Column("different", Boolean, nullable=False, doc="Somebody said that they are two people."),
    PrimaryKeyConstraint("first", "second"),
    Index("ix_duplicate_second", "second"),
)

webhook = Table(
    "webhook",
    metadata,
    Column("number", _Number, primary_key=True, autoincrement=True),
    Column("url", Text, nullable=False),
    Column("secret", Text, nullable=False),
    Column("events", JSON, nullable=False),
    _moment("created"),
    Column("disabled", Text, doc="Why nothing is sent any more."),
    Column(
        "shape",
        Text,
        nullable=False,
        server_default="standard",
        doc="What messages look like: `standard`, `slack`, `teams`, `mail`.",
    ),
    Column("targets", JSON(none_as_null=True), doc="Of alerts; null takes all."),
    sqlite_autoincrement=True,
)

outbox = Table(
    "outbox",
    metadata,
    Column("number", _Number, primary_key=True, autoincrement=True),
    Column("message_id", Text, nullable=False, unique=True),
    Column("type", Text, nullable=False),
    Column("lead", _Number, ForeignKey("lead.number", ondelete="CASCADE"), index=True),
    Column("payload", JSON, nullable=False),
    _moment("created"),
)

delivery = Table(
    "delivery",
    metadata,
    Column("outbox", _Number, ForeignKey("outbox.number", ondelete="CASCADE"), nullable=False),
    Column("webhook", _Number, ForeignKey("webhook.number", ondelete="CASCADE"), nullable=False),
    Column("state", Text, nullable=False, doc="`waiting`, `delivered`, `dead`."),
    Column("attempts", Integer, nullable=False),
    _moment("due"),
    Column("answer", Text, doc="Status or fault of the newest attempt."),
    PrimaryKeyConstraint("outbox", "webhook"),
    Index("ix_delivery_due", "state", "due"),
)

alert = Table(
    "alert",
    metadata,
    Column("number", _Number, primary_key=True, autoincrement=True),
    _of_lead(),
    Column("name", Text, nullable=False, doc="As the agreement calls it."),
    Column("key", Text, nullable=False, doc="What happened; nobody is told twice."),
    Column("kind", Text, nullable=False),
    _moment("raised"),
    Column("said", JSON, nullable=False, doc="What was told."),
    UniqueConstraint("lead", "name", "key"),
    Index("ix_alert_raised", "raised", "number"),
    sqlite_autoincrement=True,
)

sla_clock = Table(
    "sla_clock",
    metadata,
    Column("lead", _Number, ForeignKey("lead.number", ondelete="CASCADE"), primary_key=True),
    _moment("due"),
    Index("ix_sla_clock_due", "due"),
)

audit = Table(
    "audit",
    metadata,
    Column("number", _Number, primary_key=True, autoincrement=True),
    _moment("at"),
    Column("actor", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("lead", _Number, doc="Stays when the lead goes; it names nobody."),
    Column("detail", Text),
    Index("ix_audit_lead", "lead", "at"),
)

agreement = Table(
    "agreement",
    metadata,
    Column("number", _Number, primary_key=True, autoincrement=True),
    Column("kind", Text, nullable=False, doc="`lifecycle` or `rules`."),
    Column("version", Integer, nullable=False, doc="From 1, of its kind."),
    Column("text", Text, nullable=False, doc="As it was typed, in TOML."),
    Column("by", Text, nullable=False),
    _moment("at"),
    Column("note", Text, doc="Why, in the words of whoever changed it."),
    Column("undone_from", Integer, doc="Version that it goes back to; 0 is the file."),
    # Of two who change one version at once, one is refused.
    UniqueConstraint("kind", "version"),
)

secret = Table(
    "secret",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

api_key = Table(
    "api_key",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("scopes", JSON, nullable=False),
    Column("digest", Text, nullable=False, doc="SHA-256 of the key's secret."),
    _moment("created"),
    _moment("expires", nullable=True),
    _moment("revoked", nullable=True),
    _moment("used", nullable=True),
)

user_account = Table(
    "user_account",
    metadata,
    Column("number", _Number, primary_key=True, autoincrement=True),
    Column("email", Text, nullable=False, unique=True, doc="In its canonical form."),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),
    _moment("created"),
    Column("language", Text),
    Column("password", Text, doc="Argon2id; null where there is none."),
    Column("subject", Text, unique=True, doc="Digest of issuer and subject of OpenID Connect."),
    _moment("seen", nullable=True),
    _moment("disabled", nullable=True),
    # The audit may still name the number of one that is gone.
    sqlite_autoincrement=True,
)

user_session = Table(
    "user_session",
    metadata,
    Column("number", _Number, primary_key=True, autoincrement=True),
    Column("digest", Text, nullable=False, unique=True, doc="SHA-256 of the browser's token."),
    Column(
        "account", _Number, ForeignKey("user_account.number", ondelete="CASCADE"), nullable=False
    ),
    _moment("begun"),
    _moment("seen"),
    Index("ix_user_session_account", "account"),
    sqlite_autoincrement=True,
)

login_attempt = Table(
    "login_attempt",
    metadata,
    Column("number", _Number, primary_key=True, autoincrement=True),
    Column("email", Text, nullable=False, doc="Keyed hash of what was typed."),
    Column("address", Text, nullable=False, doc="Keyed hash of the network that it came from."),
    _moment("at"),
    Index("ix_login_attempt_at", "at"),
)

tombstone = Table(
    "tombstone",
    metadata,
    Column("mark", Text, primary_key=True, doc="Keyed hash of an id or identity that was erased."),
    _moment("at"),
)
