"""Settings come from the environment, are told in the README, and stop the start when they are wrong."""

import re
from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from gateway.settings import PREFIX, Settings

README = Path(__file__).parents[2] / "README.md"

NEEDED = {"API_KEY": "key", "API_SECRET": "a-long-enough-secret", "PUBLISHABLE_KEY": "pk_1"}


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name, value in NEEDED.items():
        monkeypatch.setenv(PREFIX + name, value)
    return monkeypatch


def table() -> str:
    """The settings as the README must show them."""
    rows = ["| setting | default | meaning |", "|---|---|---|"]
    for name, field in Settings.model_fields.items():
        rows.append(f"| `{PREFIX}{name.upper()}` | {default_of(name)} | {field.description} |")
    return "\n".join(rows)


def default_of(name: str) -> str:
    field = Settings.model_fields[name]
    if field.is_required():
        return "*needed*"
    value = field.default
    if isinstance(value, SecretStr):
        value = value.get_secret_value()
    if name == "locales":
        return "`" + ",".join(":".join(pair) for pair in value) + "`"
    if value in ("", (), SecretStr("")):
        return "empty"
    if isinstance(value, tuple):
        return f"`{','.join(value)}`"
    text = str(value).lower() if isinstance(value, bool) else str(getattr(value, "value", value))
    return f"`{text}`"


def test_the_readme_lists_every_setting() -> None:
    found = re.search(r"<!-- settings -->\n(.*?)\n<!-- /settings -->", README.read_text(), re.DOTALL)
    assert found is not None
    assert found.group(1) == table()


def test_they_are_read_from_the_environment(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("RIVERFRONT_PORT", "9000")
    environment.setenv("RIVERFRONT_LOCALES", "fr-FR:EUR, en-GB:GBP")
    environment.setenv("RIVERFRONT_ORIGINS", "https://a.example, https://b.example")
    settings = Settings.from_environment()
    assert settings.port == 9000
    assert settings.locales == (("fr-FR", "EUR"), ("en-GB", "GBP"))
    assert settings.origins == ("https://a.example", "https://b.example")
    assert "a-long-enough-secret" not in repr(settings)
    assert settings.api_secret == SecretStr("a-long-enough-secret")


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("PROT", "8000", "RIVERFRONT_PROT"),
        ("PORT", "many", "port"),
        ("PORT", "70000", "port"),
        ("COOKIE_SAME_SITE", "never", "cookie_same_site"),
        ("COOKIE_SAME_SITE", "none", "needs a list of origins"),
        ("TRUSTED_PROXIES", "the office", "trusted_proxies"),
        ("HOST", "192.0.2.1", "proxy that ends TLS"),
        ("DOUBT_QUIET_S", "30", "longer than submission_deadline_s"),
        ("API_SECRET", "secret", "shorter than"),
        ("LOCALES", "en-US", "locales"),
        ("LOCALES", "englisch:MONEY", "locales"),
        ("API_KEY", "", "api_key"),
        ("SEALING_KEYS", "short", "sealing_keys"),
        ("MERCHANT_KEY", "a-key-without-its-secret", "merchant_key"),
        ("PUBLISHABLE_KEY", "", "publishable_key"),
        ("BILLING_COUNTRIES", "us", "billing_countries"),
        ("ORIGINS", "*", "origins"),
        ("ORIGINS", "https://shop.example/", "origins"),
        ("UPSTREAM_URL", "nonsense", "upstream_url"),
        ("UPSTREAM_URL", "http://api.example.com", "use https"),
        ("SESSION_IDLE_S", "-1", "session_idle_s"),
    ],
)
def test_a_wrong_one_stops_the_start_and_is_named(
    environment: pytest.MonkeyPatch, name: str, value: str, told: str
) -> None:
    environment.setenv(PREFIX + name, value)
    with pytest.raises(ValueError, match=re.escape(told)):
        Settings.from_environment()


def test_a_mistyped_one_is_told_what_it_may_be(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("RIVERFRONT_COST_LIMT", "5")
    environment.setenv("RIVERFRONT_COLOUR", "red")
    with pytest.raises(ValueError, match="Did you mean RIVERFRONT_COST_LIMIT") as caught:
        Settings.from_environment()
    assert "RIVERFRONT_COLOUR is no setting." in str(caught.value).splitlines()[0]


def test_development_stays_on_this_machine(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("RIVERFRONT_DEVELOPMENT", "true")
    environment.setenv("RIVERFRONT_HOST", "192.0.2.1")
    with pytest.raises(ValidationError, match="for this machine only"):
        Settings.from_environment()


def test_what_is_needed_has_no_default(environment: pytest.MonkeyPatch) -> None:
    for name in NEEDED:
        environment.delenv(PREFIX + name)
    with pytest.raises(ValidationError) as caught:
        Settings.from_environment()
    assert {error["loc"] for error in caught.value.errors()} == {("api_key",), ("api_secret",), ("publishable_key",)}
