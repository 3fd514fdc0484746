"""Examines the settings, and the files that they name. Nothing is sent."""

from collections.abc import Iterator

from graphql import GraphQLError, parse, validate

from gateway.doctor.finding import Finding, failed, ok, warning
from gateway.documents.manifest import ManifestInvalid, read_manifest
from gateway.sessions.encryption import DERIVED
from gateway.settings.settings import Settings
from gateway.settings.values import DocumentsMode
from gateway.shopper_messages.catalogue import ShopperMessages, ShopperMessagesInvalid
from schema.build import build


def examine_settings(settings: Settings) -> Iterator[Finding]:
    yield ok("settings", f"{len(settings.model_fields_set)} are set, and all are well-formed")
    if settings.development:
        yield warning("development", "RIVERFRONT_DEVELOPMENT is on", "Turn it off in production.")
    yield from _examine_origins(settings)
    yield _examine_sealing_keys(settings)
    yield _examine_manifest(settings)
    yield _examine_messages(settings)


def _examine_origins(settings: Settings) -> Iterator[Finding]:
    if settings.unencrypted_origins:
        listed = ", ".join(settings.unencrypted_origins)
        yield warning("origins", f"without https: {listed}", "Browsers keep no session cookie for them. Use https.")
    elif settings.origins:
        yield ok("origins", ", ".join(settings.origins))
    else:
        advice = "Set RIVERFRONT_ORIGINS, unless all clients are apps or pages of the gateway's own origin."
        yield warning("origins", "none: no page of another origin can use the gateway", advice)
    if settings.hosts:
        yield ok("hosts", ", ".join(settings.hosts))
    else:
        yield warning("hosts", "requests for any host are served", "Set RIVERFRONT_HOSTS to the public host name.")


def _examine_sealing_keys(settings: Settings) -> Finding:
    keys = [key.get_secret_value() for key in settings.sealing_keys]
    if not settings.store_url.get_secret_value():
        return ok("sealing keys", "not needed, because the store is in memory")
    if keys and keys[0] != DERIVED:
        return ok("sealing keys", f"{len(keys)}, the first one encrypts")
    advice = "Set RIVERFRONT_SEALING_KEYS to a key of your own. Otherwise, a new API secret ends all sessions."
    return warning("sealing keys", "derived from the API secret", advice)


def _examine_manifest(settings: Settings) -> Finding:
    if not settings.manifest:
        advice = "Write one with `python -m gateway manifest`, so that clients can send known operations only."
        return warning("manifest", "none: any operation is executed", advice)
    try:
        entries = read_manifest(settings.manifest)
    except ManifestInvalid as error:
        return failed("manifest", str(error), "Write it again with `python -m gateway manifest`.")
    misfits = [entry.name for entry in entries.values() if not _fits(entry.source)]
    if misfits:
        advice = "Write it from the documents of the current clients. The gateway refuses these operations."
        return failed("manifest", f"operations that do not fit the graph: {', '.join(misfits)}", advice)
    state = f"{len(entries)} operations, RIVERFRONT_DOCUMENTS_MODE is {settings.documents_mode.value}"
    if settings.documents_mode is DocumentsMode.ENFORCE:
        return ok("manifest", state)
    return warning("manifest", state, "Set RIVERFRONT_DOCUMENTS_MODE to enforce once all clients are in the manifest.")


def _fits(source: str) -> bool:
    try:
        return not validate(build().core, parse(source), max_errors=1)
    except GraphQLError:
        return False


def _examine_messages(settings: Settings) -> Finding:
    try:
        messages = ShopperMessages(settings.shopper_messages)
    except ShopperMessagesInvalid as error:
        first = str(error).splitlines()[0]
        return failed("shopper messages", first, "docs/shopper-messages.md lists all messages and their values.")
    untranslated = [locale for locale in settings.locale_names if not messages.has_language_of(locale)]
    if untranslated:
        advice = "Add a catalogue for them to the folder of RIVERFRONT_SHOPPER_MESSAGES. English is shown meanwhile."
        return warning("shopper messages", f"none for {', '.join(untranslated)}", advice)
    return ok("shopper messages", f"there are some for {', '.join(settings.locale_names)}")
