"""Settings are read from the environment and listed in the README. The gateway does not start with invalid settings."""

import re
from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError
from typer.testing import CliRunner

from gateway.__main__ import app
from gateway.order_commands import NOT_LOOKED_UP
from gateway.settings.environment import PREFIX
from gateway.settings.settings import Settings

README = Path(__file__).parents[2] / "README.md"

REQUIRED = {
    "API_KEY": "key",
    "API_SECRET": "a-long-enough-secret",
    "PUBLISHABLE_KEY": "pk_1",
    "UPSTREAM_URL": "https://api.example.com",
}


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name, value in REQUIRED.items():
        monkeypatch.setenv(PREFIX + name, value)
    return monkeypatch


def table() -> str:
    """The table of settings that the README must contain."""
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
    default = str(value).lower() if isinstance(value, bool) else str(getattr(value, "value", value))
    return f"`{default}`"


def test_readme_lists_every_setting() -> None:
    section = re.search(r"<!-- settings -->\n(.*?)\n<!-- /settings -->", README.read_text(), re.DOTALL)
    assert section is not None
    assert section.group(1) == table()


def test_settings_are_read_from_the_environment(environment: pytest.MonkeyPatch) -> None:
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
    ("name", "value", "message"),
    [
        ("PROT", "8000", "RIVERFRONT_PROT"),
        ("PORT", "many", "port"),
        ("PORT", "70000", "port"),
        ("DRAIN_S", "2", "drain_s: must be 0 or at least 5"),
        ("COOKIE_SAME_SITE", "never", "cookie_same_site"),
        ("COOKIE_SAME_SITE", "none", "none needs RIVERFRONT_ORIGINS"),
        ("TRUSTED_PROXIES", "the office", "trusted_proxies"),
        ("HOST", "192.0.2.1", "proxy that ends TLS"),
        ("DOUBT_QUIET_S", "30", "longer than RIVERFRONT_SUBMISSION_DEADLINE_S"),
        ("API_SECRET", "secret", "at least 12 characters"),
        ("LOCALES", "en-US", "locales"),
        ("LOCALES", "englisch:MONEY", "such as en-US:USD,de-DE:EUR"),
        ("STORE_URL", "localhost:6379", "store_url"),
        ("STORE_URL", "redis://localhost:port", "store_url"),
        ("API_KEY", "", "api_key"),
        ("SEALING_KEYS", "short", "sealing_keys"),
        ("MERCHANT_KEY", "a-key-without-its-secret", "merchant_key"),
        ("PUBLISHABLE_KEY", "", "publishable_key"),
        ("BILLING_COUNTRIES", "us", "billing_countries"),
        ("ORIGINS", "*", "origins"),
        ("ORIGINS", "https://shop.example/", "origins"),
        ("ORIGINS", "https://shop.example/path", "without a slash"),
        ("ORIGINS", "https://user@shop.example", "origins"),
        ("ORIGINS", "https://shop.example:0", "port from 1 to 65535"),
        ("ORIGINS", "https://shop.example:70000", "port from 1 to 65535"),
        ("ORIGINS", "https://bücher.example", "in ASCII"),
        ("ORIGINS", "https://*.example", "domain of one's own"),
        ("ORIGINS", "https://*", "origins"),
        ("ORIGINS", "https://shop-*.example.com", "origins"),
        ("ORIGINS", "https://a.*.example.com", "origins"),
        ("ORIGINS", "capacitor://*.example.com", "domain of one's own"),
        ("ORIGINS", "null", "origins"),
        ("ORIGINS", "shop.example", "origins"),
        ("ORIGINS", "http://*.shop.example", "origins: must be https"),
        ("CORS_HEADERS", "x shop", "names of headers"),
        ("CORS_HEADERS", "X-Riverfront-Server-Key", "pages never have a server key"),
        ("SERVER_KEYS", "short", "server_keys: each must have at least 32"),
        ("CORS_HEADERS", "*:1", "names of headers"),
        ("UPSTREAM_URL", "nonsense", "upstream_url"),
        ("UPSTREAM_URL", "http://api.example.com", "upstream_url: must be https"),
        ("PAYMENTS_URL", "http://pay.example.com", "payments_url: must be https"),
        ("SCRIPT_URL", "http://js.example.com/v1/DigitalRiver.js", "script_url: must be https"),
        ("SCRIPT_URL", "", "must be a URL such as https://js.example.com/v1/DigitalRiver.js"),
        ("STYLE_SHEET_URL", "http://js.example.com/style.css", "style_sheet_url: must be https"),
        ("PAYMENTS_PUBLIC_URL", "http://pay.example.com", "payments_public_url: must be https"),
        ("LEDGER_URL", "http://ledger.example/balance", "ledger_url: must be https"),
        ("ORIGINS", "https://shop.example,http://shop.example", "origins: must be https"),
        ("TRUSTED_PROXIES", "0.0.0.0/0", "trusted_proxies: must not"),
        ("TRUSTED_PROXIES", "10.0.0.0/8,::/0", "trusted_proxies: must not"),
        ("TRUSTED_PROXIES", "0.0.0.0/1,128.0.0.0/1", "trusted_proxies: must not"),
        ("SESSION_IDLE_S", "-1", "session_idle_s"),
        ("SESSION_IDLE_S", "inf", "session_idle_s"),
        ("SESSION_ABSOLUTE_S", "1e12", "session_absolute_s"),
        ("STORE_TIMEOUT_S", "250", "store_timeout_s"),
        ("OPERATION_DEADLINE_S", "10000", "operation_deadline_s"),
        ("SUBMISSION_DEADLINE_S", "inf", "submission_deadline_s"),
        ("DOUBT_QUIET_S", "inf", "doubt_quiet_s"),
        ("BODY_LIMIT_BYTES", "10000000", "body_limit_bytes"),
        ("STORE_URL", "redis+cluster://:pass-word@a:1/x", "store_url"),
        ("STORE_URL", "a:6379,b:6379", "store_url"),
        ("STORE_URL", "redis://a:6379,b:6379/0", "store_url"),
        ("STORE_URL", "redis://:pass word@a:port/0", "store_url"),
        ("STORE_URL", "redis://a:6379/zero", "store_url"),
        ("STORE_URL", "redis://a:6379/0?protocol=3", "store_url"),
        ("STORE_URL", "redis://a:6379/0?socket_timeout=x", "store_url"),
        ("STORE_URL", "redis://[::1/0", "store_url"),
        ("STORE_URL", "redis+sentinel://a:26379,b:26379", "store_url"),
        ("STORE_URL", "redis+sentinel://a:port/shop", "store_url"),
        ("STORE_URL", "redis+sentinel://a/shop/zero", "store_url"),
        ("STORE_CA", "no-such-file.pem", "store_ca"),
        ("UPSTREAM_CA", "no-such-file.pem", "upstream_ca"),
        ("UPSTREAM_PROXY", "proxy:3128", "upstream_proxy"),
        ("UPSTREAM_PROXY", "https://proxy:3128", "upstream_proxy"),
        ("UPSTREAM_PROXY", "http://proxy", "upstream_proxy"),
        ("STORE_URL", "unix://", "store_url"),
        ("API_SECRET", "a-long-enough\nsecret", "api_secret: must be one line"),
        ("PORT", "http://a", "port"),
    ],
)
def test_invalid_setting_prevents_the_start_and_is_named(
    environment: pytest.MonkeyPatch, name: str, value: str, message: str
) -> None:
    environment.setenv(PREFIX + name, value)
    with pytest.raises(ValueError, match=re.escape(message)):
        Settings.from_environment()


def test_every_setting_with_a_url_must_be_https_in_production() -> None:
    values = {name.lower(): value for name, value in REQUIRED.items()}
    urls = [name for name, field in Settings.model_fields.items() if name.endswith("_url") and name != "store_url"]
    assert len(urls) >= 3
    for name in urls:
        with pytest.raises(ValueError, match=f"{name}: must be https"):
            Settings.model_validate(values | {name: "http://service.example"})
        for allowed in ("https://service.example", "http://127.0.0.1:8001", "http://[::1]:8001"):
            assert getattr(Settings.model_validate(values | {name: allowed}), name) == allowed


def test_origins_are_read_as_browsers_send_them(environment: pytest.MonkeyPatch) -> None:
    environment.setenv(
        "RIVERFRONT_ORIGINS",
        "https://Shop.Example.com:443, HTTPS://b.example:08443, http://localhost:80, Capacitor://LocalHost, "
        "ionic://localhost, https://*.Shop.Example.com:443, http://[::1]:5173",
    )
    assert Settings.from_environment().origins == (
        "https://shop.example.com",
        "https://b.example:8443",
        "http://localhost",
        "capacitor://localhost",
        "ionic://localhost",
        "https://*.shop.example.com",
        "http://[::1]:5173",
    )


def test_wildcard_excludes_a_cookie_across_sites(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("RIVERFRONT_COOKIE_SAME_SITE", "none")
    environment.setenv("RIVERFRONT_ORIGINS", "https://shop.example, https://*.shop.example.com")
    with pytest.raises(ValidationError, match="list the origins one by one"):
        Settings.from_environment()
    environment.setenv("RIVERFRONT_COOKIE_SAME_SITE", "lax")
    assert len(Settings.from_environment().origins) == 2


def test_loopback_origins_and_private_networks_are_accepted(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("RIVERFRONT_ORIGINS", "http://localhost:3000,https://shop.example")
    environment.setenv("RIVERFRONT_TRUSTED_PROXIES", "10.0.0.0/8,172.16.0.0/12,fd00::/8,fc00::/7,2400:cb00::/32")
    assert len(Settings.from_environment().trusted_proxies) == 5


def test_misspelled_setting_is_named_with_a_suggestion(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("RIVERFRONT_COST_LIMT", "5")
    environment.setenv("RIVERFRONT_COLOUR", "red")
    with pytest.raises(ValueError, match="Did you mean RIVERFRONT_COST_LIMIT") as caught:
        Settings.from_environment()
    assert "RIVERFRONT_COLOUR is not a setting." in str(caught.value).splitlines()[0]


def test_misspelled_file_of_a_secret_is_named(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    environment.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    environment.delenv("RIVERFRONT_API_SECRET")
    (tmp_path / "riverfront_api_secret").write_text("a-secret-of-this-test\n")
    (tmp_path / "of_another_program").write_text("x")
    assert Settings.from_environment().api_secret.get_secret_value() == "a-secret-of-this-test"
    (tmp_path / "riverfront_payment_kye").write_text("x")
    with pytest.raises(
        ValueError, match=r"RIVERFRONT_PAYMENT_KYE is not a setting\. Did you mean RIVERFRONT_PAYMENT_KEY"
    ):
        Settings.from_environment()


def test_development_mode_listens_on_loopback_addresses_only(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("RIVERFRONT_DEVELOPMENT", "true")
    environment.setenv("RIVERFRONT_HOST", "192.0.2.1")
    with pytest.raises(ValidationError, match="on this machine only"):
        Settings.from_environment()


def test_required_settings_have_no_default(environment: pytest.MonkeyPatch) -> None:
    for name in REQUIRED:
        environment.delenv(PREFIX + name)
    with pytest.raises(ValidationError) as caught:
        Settings.from_environment()
    assert {error["loc"] for error in caught.value.errors()} == {("api_key",), ("api_secret",), ("publishable_key",)}


def test_all_contradictory_settings_are_reported_at_once(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("RIVERFRONT_MERCHANT_KEY", "key-without-secret")
    environment.setenv("RIVERFRONT_SEALING_KEYS", "short")
    with pytest.raises(ValidationError, match="merchant_key") as caught:
        Settings.from_environment()
    assert "sealing_keys" in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "redis://a",
        "rediss://user:pass-word@a:6379/3",
        "unix:///run/valkey",
        "redis://[::1]:6379/",
        "rediss+sentinel://u:p@a:1,b/shop/2",
    ],
)
def test_url_of_a_store_server_is_accepted(environment: pytest.MonkeyPatch, url: str) -> None:
    environment.setenv("RIVERFRONT_STORE_URL", url)
    assert Settings.from_environment().store_url == SecretStr(url)


def test_message_about_a_store_url_shows_no_part_of_it(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("RIVERFRONT_STORE_URL", "redis+cluster://planted:planted-password@planted-host:1/x")
    result = CliRunner().invoke(app, ["serve"])
    assert result.exit_code == 1
    assert "RIVERFRONT_STORE_URL: must be a URL such as" in result.output
    assert "planted" not in result.output


def test_newline_at_the_end_of_a_secret_is_removed(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("RIVERFRONT_API_SECRET", "a-long-enough-secret\n")
    environment.setenv("RIVERFRONT_PUBLISHABLE_KEY", " pk_live \r\n")
    settings = Settings.from_environment()
    assert settings.api_secret == SecretStr("a-long-enough-secret")
    assert settings.publishable_key == "pk_live"


def test_variables_of_a_kubernetes_service_are_ignored(environment: pytest.MonkeyPatch) -> None:
    for name, value in {
        "SERVICE_HOST": "10.0.0.1",
        "SERVICE_PORT": "80",
        "SERVICE_PORT_HTTP": "80",
        "PORT": "tcp://10.0.0.1:80",
        "PORT_80_TCP": "tcp://10.0.0.1:80",
        "PORT_80_TCP_PROTO": "tcp",
        "PORT_80_TCP_PORT": "80",
        "PORT_80_TCP_ADDR": "10.0.0.1",
    }.items():
        environment.setenv(PREFIX + name, value)
    assert Settings.from_environment().port == 8000


def test_locales_may_have_scripts_numbers_and_any_case(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("RIVERFRONT_LOCALES", "en-us:USD,es-419:MXN,ZH-hant-TW:TWD,de:EUR")
    assert Settings.from_environment().locales == (
        ("en-US", "USD"),
        ("es-419", "MXN"),
        ("zh-Hant-TW", "TWD"),
        ("de", "EUR"),
    )


def test_first_currency_of_a_locale_is_its_default(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("RIVERFRONT_LOCALES", "en-US:USD,fr-CH:CHF,fr-CH:EUR")
    settings = Settings.from_environment()
    assert settings.currencies_by_locale == {"en-US": "USD", "fr-CH": "CHF"}
    assert settings.currencies == ["USD", "CHF", "EUR"]


NEED_SETTINGS = {
    "serve": ("The gateway cannot start: ", 1, ()),
    "doctor": ("`python -m gateway doctor` cannot run: ", 1, ()),
    "attempt": ("`python -m gateway attempt` cannot run: ", NOT_LOOKED_UP, ("6c3f3f6e-9d4f-4c3b-8f57-6f1d2f0f4b11",)),
    "order": ("`python -m gateway order` cannot run: ", NOT_LOOKED_UP, ("1",)),
}
"""How the message of each command begins that needs settings, its exit code, and its arguments."""


@pytest.mark.parametrize(
    "command", [command.callback.__name__ for command in app.registered_commands if command.callback]
)
def test_command_without_its_settings_names_itself_and_them(
    environment: pytest.MonkeyPatch, tmp_path: Path, command: str
) -> None:
    environment.delenv("RIVERFRONT_API_KEY")
    environment.setenv("RIVERFRONT_PORT", "planted")
    if command not in NEED_SETTINGS:
        result = CliRunner().invoke(app, [command, str(tmp_path)] if command == "manifest" else [command])
        assert "RIVERFRONT_API_KEY" not in result.output
        return
    opening, code, arguments = NEED_SETTINGS[command]
    result = CliRunner().invoke(app, [command, *arguments])
    assert result.exit_code == code
    assert result.output.startswith(f"{opening}settings are missing or wrong.\n")
    assert "  RIVERFRONT_API_KEY is not set. " in result.output
    assert "  RIVERFRONT_PORT: must be a valid integer.\n" in result.output
    assert "planted" not in result.output
