"""Settings from the environment."""

import os
from pathlib import Path

import pytest

from serving.access.provider_terms import ProviderTerms
from serving.access.session import Terms
from serving.scoring.scoring import Conditions
from serving.settings import Settings, SettingsError, settings_table
from serving.watch import conditions_of


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in [v for v in os.environ if v.startswith("LEADSCORE_")]:
        monkeypatch.delenv(variable)


def test_nothing_set_means_the_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEADSCORE_DATA", "data")
    settings = Settings.from_environment()
    assert settings.model is None
    assert settings.port == 8000
    assert conditions_of(settings) == Conditions()
    assert Conditions().deadline == 0.2


def test_each_setting_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    variables = {
        "LEADSCORE_MODEL": "models:/demo@champion",
        "LEADSCORE_RULES": "mine.toml",
        "LEADSCORE_DEADLINE_MS": "50",
        "LEADSCORE_REASONS_UP": "3",
        "LEADSCORE_REASONS_DOWN": "0",
        "LEADSCORE_LANGUAGE": "de",
        "LEADSCORE_PORT": "",
    }
    for variable, value in variables.items():
        monkeypatch.setenv(variable, value)
    settings = Settings.from_environment()
    assert settings.model == "models:/demo@champion"
    assert settings.rules == Path("mine.toml")
    assert conditions_of(settings).deadline == 0.05
    assert (conditions_of(settings).listing.up, conditions_of(settings).listing.down) == (3, 0)
    assert conditions_of(settings).language == "de"
    assert settings.port == 8000


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("LEADSCORE_DEADLNE_MS", "5", "did you mean 'LEADSCORE_DEADLINE_MS'?"),
        ("LEADSCORE_DEADLINE_MS", "soon", "LEADSCORE_DEADLINE_MS: should be a valid integer"),
        ("LEADSCORE_DEADLINE_MS", "0", "LEADSCORE_DEADLINE_MS: should be greater"),
        ("LEADSCORE_LANGUAGE", "fr", "LEADSCORE_LANGUAGE: should be 'de' or 'en'"),
        ("LEADSCORE_PORT", "70000", "LEADSCORE_PORT: "),
        ("LEADSCORE_HOSTS", "https://crm.example.com", "LEADSCORE_HOSTS: must be names such as"),
        ("LEADSCORE_HOSTS", "crm.example.com:80", "LEADSCORE_HOSTS: must be names such as"),
        ("LEADSCORE_HOSTS", "a.example.com,,b", "LEADSCORE_HOSTS: must be names such as"),
        ("LEADSCORE_SESSION_HOURS", "0", "LEADSCORE_SESSION_HOURS: "),
        ("LEADSCORE_OIDC_ISSUER", "http://login.example.com", "LEADSCORE_OIDC_ISSUER: must be an"),
        ("LEADSCORE_OIDC_ISSUER", "https:///realms", "LEADSCORE_OIDC_ISSUER: must be an https"),
        ("LEADSCORE_OIDC_ISSUER", "https://a.example?b", "LEADSCORE_OIDC_ISSUER: must be an https"),
        ("LEADSCORE_OIDC_ROLES", "crm", "LEADSCORE_OIDC_ROLES: must be groups with their roles"),
        ("LEADSCORE_OIDC_ROLES", "crm=boss", "roles are sales, marketing, data, admin"),
        ("LEADSCORE_OIDC_ROLES", "=admin", "LEADSCORE_OIDC_ROLES: must be groups"),
        ("LEADSCORE_SMTP_URL", "smtp:geheim", "LEADSCORE_SMTP_URL: must be smtp://user"),
        ("LEADSCORE_SMTP_URL", "smtp://a:geheim@", "LEADSCORE_SMTP_URL: must be smtp://user"),
        ("LEADSCORE_SMTP_URL", "smtp://a:geheim@h:70000", "LEADSCORE_SMTP_URL: must be"),
        ("LEADSCORE_SMTP_URL", "http://a:geheim@h", "LEADSCORE_SMTP_URL: must be smtp://user"),
        ("LEADSCORE_MAIL_FROM", "nobody", "LEADSCORE_MAIL_FROM: must be an address"),
        ("LEADSCORE_MAIL_FROM", "A <a@b.de>\r\nBcc: c@d.de", "LEADSCORE_MAIL_FROM: must be"),
        ("LEADSCORE_PUBLIC_URL", "leads.example.com", "LEADSCORE_PUBLIC_URL: must be an address"),
        ("LEADSCORE_PUBLIC_URL", "https://a.de/?x=", "LEADSCORE_PUBLIC_URL: must be an address"),
    ],
)
def test_a_mistake_names_the_variable(
    variable: str, value: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(SettingsError) as caught:
        Settings.from_environment()
    assert said in str(caught.value)
    assert "geheim" not in str(caught.value)


def test_mails_are_sent_once_all_of_their_settings_are_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert Settings.from_environment().mail is None
    monkeypatch.setenv("LEADSCORE_SMTP_URL", "smtp://crm%40b.de:ge%3Aheim@mail.b.de")
    monkeypatch.setenv("LEADSCORE_MAIL_FROM", "Müller GmbH <news@b.de>")
    settings = Settings.from_environment()
    assert settings.mail is None
    assert settings.mail_lacks == ("LEADSCORE_PUBLIC_URL",)
    monkeypatch.setenv("LEADSCORE_PUBLIC_URL", "https://leads.b.de/")
    settings = Settings.from_environment()
    assert settings.mail_lacks == ()
    assert settings.mail is not None
    server = settings.mail.server
    assert (server.host, server.port, server.encrypted) == ("mail.b.de", 587, False)
    assert (server.user, server.password) == ("crm@b.de", "ge:heim")
    assert settings.mail.public_url == "https://leads.b.de"
    assert "ge:heim" not in repr(settings) + repr(settings.mail)
    assert "ge%3Aheim" not in repr(settings)
    monkeypatch.setenv("LEADSCORE_SMTP_URL", "smtps://mail.b.de")
    mail = Settings.from_environment().mail
    assert mail is not None
    assert (mail.server.port, mail.server.encrypted, mail.server.user) == (465, True, None)


def test_every_setting_explains_itself() -> None:
    table = settings_table()
    assert len(table) == len(Settings.model_fields)
    assert all(row.meaning.endswith(".") for row in table)


def test_what_is_agreed_with_a_provider(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Settings.from_environment().provider is None
    for name, value in {
        "ISSUER": "http://localhost:9400",
        "CLIENT_ID": "leadscore",
        "CLIENT_SECRET": "geheim",
        "DOMAINS": " Example.com, @example.de ,",
    }.items():
        monkeypatch.setenv(f"LEADSCORE_OIDC_{name}", value)
    with pytest.raises(SettingsError, match=r"also set LEADSCORE_PUBLIC_URL$"):
        _ = Settings.from_environment().provider
    monkeypatch.setenv("LEADSCORE_PUBLIC_URL", "https://leads.example.com/")
    monkeypatch.setenv("LEADSCORE_OIDC_ROLES", "a=b=admin, crm = sales ,crm=data,")
    terms = Settings.from_environment().provider
    assert terms == ProviderTerms(
        issuer="http://localhost:9400",
        client_id="leadscore",
        client_secret="geheim",
        site="https://leads.example.com",
        roles={"a=b": "admin", "crm": "sales"},
        domains=("example.com", "example.de"),
    )
    assert "geheim" not in repr(Settings.from_environment()) + repr(terms)
    monkeypatch.delenv("LEADSCORE_OIDC_CLIENT_SECRET")
    with pytest.raises(SettingsError, match="also set LEADSCORE_OIDC_CLIENT_SECRET"):
        _ = Settings.from_environment().provider


def test_how_long_sessions_last(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Settings.from_environment().session_terms == Terms()
    monkeypatch.setenv("LEADSCORE_SESSION_IDLE_MINUTES", "1")
    monkeypatch.setenv("LEADSCORE_SESSION_HOURS", "1")
    assert Settings.from_environment().session_terms == Terms(60_000_000, 3_600_000_000)
