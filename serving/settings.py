"""Settings of the service, each an environment variable ``LEADSCORE_...``."""

import os
from pathlib import Path
from typing import Literal, NamedTuple, Self

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from features.contract.document import suggestion
from features.contract.duration import HOUR_US
from features.contract.language import Language
from features.contract.mistake import MistakeError
from serving.access.agreed import Domains, GroupRoles, Issuer
from serving.access.hosts import HostNames
from serving.access.keyring import MINUTE_US
from serving.access.provider_terms import ProviderTerms
from serving.access.session import Terms
from serving.mail import Mail, Sender, SmtpUrl, WebAddress, mail_server

PREFIX = "LEADSCORE_"

OF_OTHER_ROOMS = frozenset({"LEADSCORE_DATA"})
"""Variables that project files read, not the service."""


_OF_MAIL = ("smtp_url", "mail_from", "public_url")

_OF_PROVIDER = ("oidc_issuer", "oidc_client_id", "oidc_client_secret", "public_url")


class SettingsError(MistakeError):
    """Settings that cannot be used; one line for each mistake."""


class SettingRow(NamedTuple):
    """One setting for a reader."""

    variable: str
    default: str
    meaning: str


class Settings(BaseSettings):
    """All settings of the service, from the environment unless given; an empty one is not set."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_ignore_empty=True, frozen=True, protected_namespaces=()
    )

    model: str | None = Field(
        default=None,
        description="Model to serve: a folder, `models:/name@champion` or `models:/name/3`; "
        "without one the rules answer.",
    )
    challenger: str | None = Field(
        default=None,
        description="Model that scores stored leads in the shadow; written like the one to serve.",
    )
    model_watch_seconds: int = Field(
        default=30,
        ge=0,
        le=86_400,
        description="Seconds until the registry is asked again which models to serve; 0 never "
        "asks again.",
    )
    tracking_uri: str = Field(default="sqlite:///mlflow.db", description="MLflow's address.")
    cache: Path = Field(
        default=Path(".leadscore"), description="Folder for copies of registered models."
    )
    rules: Path | None = Field(
        default=None, description="Rule file; without one, that of the product."
    )
    database_url: str | None = Field(
        default=None,
        description="Where leads are kept: `sqlite:///leadscore.db`, or "
        "`postgresql+psycopg://user:password@host/name`; without one nothing is kept.",
    )
    policy: Path | None = Field(
        default=None, description="Policy file; without one, only consent allows scoring a lead."
    )
    lifecycle: Path | None = Field(
        default=None, description="Lifecycle file; without one, that of the product."
    )
    mapping: Path | None = Field(
        default=None,
        description="Mapping file that says how payloads of other systems are read; without one, "
        "none is.",
    )
    write_key: str | None = Field(
        default=None,
        description="What senders of the Segment protocol must send; without one, anything.",
    )
    keys: Path | None = Field(default=None, description="Key file, for a service without a record.")
    open: bool = Field(
        default=False,
        description="Whether whoever reaches the service may call it while there is no key.",
    )
    hosts: HostNames | None = Field(
        default=None,
        description="Names, divided by commas, under which a service without keys may be called "
        "besides `localhost`; without one, on this machine only its own.",
    )
    hubspot_secret: SecretStr | None = Field(
        default=None,
        description="Client secret of the HubSpot app whose signed webhooks are taken.",
    )
    webhooks_local: bool = Field(
        default=False, description="Whether webhooks may be inside the own network."
    )
    smtp_url: SmtpUrl | None = Field(
        default=None,
        description="Mail server: `smtp://user:password@host:587`, or `smtps://..`; "
        "without one no consent is asked for by e-mail, and no alert sent.",
    )
    mail_from: Sender | None = Field(
        default=None, description="Sender of e-mails, such as `Example GmbH <news@example.com>`."
    )
    public_url: WebAddress | None = Field(
        default=None,
        description="Where users of the workspace and readers of e-mails reach this service, such "
        "as `https://leads.example.com`.",
    )
    session_idle_minutes: int = Field(
        default=120,
        ge=1,
        le=10_080,
        description="Minutes without a request after which a user of the workspace logs in again.",
    )
    session_hours: int = Field(
        default=12,
        ge=1,
        le=720,
        description="Hours after which a user of the workspace logs in again in any case.",
    )
    oidc_issuer: Issuer | None = Field(
        default=None,
        description="Provider of OpenID Connect at which users of the workspace may log in, such "
        "as `https://login.example.com/realms/sales`; without one they log in by a password.",
    )
    oidc_client_id: str | None = Field(
        default=None, description="What the provider calls this service."
    )
    oidc_client_secret: SecretStr | None = Field(
        default=None, description="Secret that the provider gave this service."
    )
    oidc_claim: str = Field(
        default="groups", description="Claim that tells the groups or roles of a user."
    )
    oidc_roles: GroupRoles = Field(
        default={},
        description="What its values make of a user, such as `crm-admins=admin, crm=sales`; the "
        "first that fits counts. Without any, only users who were added may log in.",
    )
    oidc_domains: Domains = Field(
        default=(),
        description="Domains of e-mail addresses that may log in, such as `example.com, "
        "example.de`; without any, all.",
    )
    oidc_emails_verified: bool = Field(
        default=False,
        description="Whether e-mail addresses count as verified where the provider does not say.",
    )
    deadline_ms: int = Field(
        default=200,
        ge=1,
        le=60_000,
        description="Milliseconds until the rules answer instead of the model; for a batch, "
        "that many for each of its leads.",
    )
    reasons_up: int = Field(
        default=5, ge=0, le=100, description="Most reasons listed that raise the probability."
    )
    reasons_down: int = Field(
        default=5, ge=0, le=100, description="Most reasons listed that lower the probability."
    )
    language: Language = Field(
        default="en", description="Language of reasons where a request names none: `de` or `en`."
    )
    log_format: Literal["text", "json"] = Field(
        default="text", description="Lines of the log: `text` for a reader, `json` for a program."
    )
    log_requests: bool = Field(
        default=False,
        description="Whether each request is a line of the log: method, route, status, time, id.",
    )
    host: str = Field(default="127.0.0.1", description="Address to listen on.")
    port: int = Field(default=8000, ge=0, le=65_535, description="Port to listen on.")
    workers: int = Field(
        default=1, ge=1, le=256, description="Processes that answer; they share the port."
    )
    work_port: int | None = Field(
        default=None,
        ge=0,
        le=65_535,
        description="Port at which `leadscore work` tells how it does; without one it listens "
        "nowhere.",
    )
    requests_at_once: int = Field(
        default=500, ge=1, description="Most requests under way at once in a process."
    )
    mib_at_once: int = Field(
        default=96, ge=32, description="Most MiB of bodies under way at once in a process."
    )
    rate: float | None = Field(
        default=None,
        gt=0,
        allow_inf_nan=False,
        description="Most requests a second of one caller, in a process; without one, as many as "
        "come.",
    )
    keep_alive_seconds: int = Field(
        default=75, ge=1, description="Seconds that an idle connection stays open."
    )
    leave_seconds: int = Field(
        default=2,
        ge=0,
        description="Seconds that a service which is stopped still takes connections, while "
        "`/readyz` is 503.",
    )
    grace_seconds: int = Field(
        default=7, ge=1, description="Seconds that requests under way have after that."
    )

    @property
    def listed_hosts(self) -> tuple[str, ...]:
        """Names under which a service without keys may be called."""
        return tuple(self.hosts.split(",")) if self.hosts else ()

    @property
    def mail(self) -> Mail | None:
        """How e-mails are sent; None where a setting for it lacks."""
        if self.smtp_url is None or self.mail_from is None or self.public_url is None:
            return None
        server = mail_server(self.smtp_url.get_secret_value())
        return Mail(server, self.mail_from, self.public_url.rstrip("/"))

    @property
    def mail_lacks(self) -> tuple[str, ...]:
        """Variables that must be set before e-mails can be sent."""
        return tuple(variable_of(name) for name in _OF_MAIL if getattr(self, name) is None)

    @property
    def session_terms(self) -> Terms:
        """How long a session of the workspace lasts."""
        return Terms(self.session_idle_minutes * MINUTE_US, self.session_hours * HOUR_US)

    @property
    def provider(self) -> ProviderTerms | None:
        """What is agreed with a provider of OpenID Connect; None where there is none.

        Raises:
            SettingsError: A setting for it lacks.
        """
        if self.oidc_issuer is None and self.oidc_client_id is None:
            return None
        lacking = [variable_of(name) for name in _OF_PROVIDER if getattr(self, name) is None]
        secret = self.oidc_client_secret
        if not (self.oidc_issuer and self.oidc_client_id and secret and self.public_url):
            raise SettingsError(f"to log in by OpenID Connect, also set {', '.join(lacking)}")
        return ProviderTerms(
            issuer=self.oidc_issuer,
            client_id=self.oidc_client_id,
            client_secret=secret.get_secret_value(),
            site=self.public_url.rstrip("/"),
            claim=self.oidc_claim,
            roles=self.oidc_roles,
            domains=self.oidc_domains,
            vouches=self.oidc_emails_verified,
        )

    @classmethod
    def from_environment(cls) -> Self:
        """Read the settings.

        Raises:
            SettingsError: A variable is unknown or has a value that cannot be used.
        """
        known = {variable_of(name) for name in cls.model_fields}
        ours = {v for v in os.environ if v.startswith(PREFIX)} - OF_OTHER_ROOMS
        if unknown := sorted(ours - known):
            raise SettingsError(
                "\n".join(f"{v} is no setting; {suggestion(v, known)}" for v in unknown)
            )
        try:
            return cls()
        except ValidationError as error:
            lines = [
                f"{variable_of(str(mistake['loc'][0]))}: {mistake['msg'].removeprefix('Input ')}"
                for mistake in error.errors()
            ]
            raise SettingsError("\n".join(lines)) from None


def variable_of(name: str) -> str:
    """Return the environment variable of a setting."""
    return PREFIX + name.upper()


def settings_table() -> list[SettingRow]:
    """Return every setting as documentation shows it."""
    return [
        SettingRow(
            variable_of(name),
            "" if field.default in (None, (), {}) else str(field.default),
            field.description or "",
        )
        for name, field in Settings.model_fields.items()
    ]
