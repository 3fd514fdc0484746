"""Messages for shoppers in their language, from gettext catalogues.

Each language has a file in `languages/`. A file of a region, such as `en-GB.po`, has only the messages that differ from
those of the language. A merchant's folder may have files for the same or for other languages, with some or all
messages. All files are read when the gateway starts.
"""

import re
from codecs import BOM_UTF8
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from io import BytesIO
from pathlib import Path
from string import Formatter

from babel.messages.catalog import Catalog
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

from gateway.amounts import money
from gateway.amounts.amount_format import formatted_number
from gateway.amounts.money import Money
from gateway.shopper_messages.message import ShopperMessage, Value, declared_messages

OWN = Path(__file__).parent / "languages"

FALLBACK = "en"
"""Language of a message that no file of the shopper's language has."""

FORMATS = frozenset({".po", ".mo"})

MOST_BYTES = 1024 * 1024
"""Maximum size of a file."""

LANGUAGE = re.compile(r"([A-Za-z]{2,3})(?:[-_]([A-Za-z]{4}))?(?:[-_]([A-Za-z]{2}|[0-9]{3}))?")

Templates = Mapping[str, str]
"""Messages with placeholders such as `{available}`, by key."""


class ShopperMessagesInvalid(ValueError):
    """Raised if a file of messages cannot be used. The error names each file and message with a problem."""


def templates_of(locale: str) -> Templates:
    """Our own messages of a locale. Those of a region have only what differs from its language."""
    return _read(OWN / f"{locale}.po")


class ShopperMessages:
    """The messages for shoppers in all languages that have a file."""

    def __init__(self, folder: str) -> None:
        """`folder` has the merchant's messages; there are none if it is empty. Raises `ShopperMessagesInvalid`."""
        own, merchants = _read_folder(OWN), _read_folder(Path(folder)) if folder else {}
        self._templates = {locale: _merged(locale, own, merchants) for locale in {*own, *merchants}}

    def has_language_of(self, locale: str) -> bool:
        return self._file_for(locale) is not None

    def in_locale(self, message: ShopperMessage, locale: str) -> str:
        """The message in the language of the locale, or in English, with values in the format of the locale."""
        template = self._templates[self._file_for(locale) or FALLBACK][message.key]
        return template.format_map({name: _shown(value, locale) for name, value in message.values.items()})

    def _file_for(self, locale: str) -> str | None:
        """The locale that has a file: for `zh-Hant-TW`, the first of `zh-Hant-TW`, `zh-Hant` and `zh`. None without."""
        while locale and locale not in self._templates:
            locale = locale.rpartition("-")[0]
        return locale or None


def _shown(value: Value, locale: str) -> str:
    if isinstance(value, Money):
        return money.displayed(value, locale)
    return formatted_number(value, locale) if isinstance(value, int) else value


def _merged(locale: str, own: Mapping[str, Templates], merchants: Mapping[str, Templates]) -> Templates:
    """Templates of a locale. Those of the merchant replace all of ours in the same language."""
    parts = locale.split("-")
    names = ["-".join(parts[: count + 1]) for count in range(len(parts))]
    templates: dict[str, str] = {}
    for language in ([FALLBACK], names):
        for source in (own, merchants):
            for name in language:
                templates |= source.get(name, {})
    return templates


def _read_folder(folder: Path) -> Mapping[str, Templates]:
    """Templates of each file in a folder, by locale. Raises `ShopperMessagesInvalid`."""
    try:
        files = sorted(file for file in folder.iterdir() if file.suffix in FORMATS)
    except OSError as error:
        raise ShopperMessagesInvalid(f"the folder {folder} cannot be read: {error.strerror}") from None
    placeholders = {key: frozenset(values) for _, key, values in declared_messages()}
    by_locale: dict[str, dict[str, str]] = {}
    problems = []
    for file in files:
        templates = _read(file)
        problems += [f"{file.name}: {problem}" for problem in _problems(templates, placeholders)]
        by_locale.setdefault(_locale(file), {}).update(templates)
    if problems:
        raise ShopperMessagesInvalid("\n".join(problems))
    return by_locale


def _locale(file: Path) -> str:
    match = LANGUAGE.fullmatch(file.stem)
    if match is None:
        raise ShopperMessagesInvalid(f"{file.name}: the name must be a locale, such as de.po or de-AT.po")
    language, script, region = match.groups("")
    return "-".join(filter(None, (language.lower(), script.title(), region.upper())))


def _read(file: Path) -> Templates:
    try:
        if file.stat().st_size > MOST_BYTES:
            raise ShopperMessagesInvalid(f"{file.name}: the file may have at most {MOST_BYTES} bytes")
        content = BytesIO(file.read_bytes().removeprefix(BOM_UTF8))  # Editors of Windows write a byte order mark.
        catalog = read_po(content, abort_invalid=True) if file.suffix == ".po" else read_mo(content)
    except ShopperMessagesInvalid:
        raise
    except Exception as error:
        # Babel raises errors of many types for a file that is not a catalogue.
        raise ShopperMessagesInvalid(f"{file.name}: this is no gettext catalogue: {error}") from None
    return dict(_translated(catalog, file))


def _translated(catalog: Catalog, file: Path) -> Iterator[tuple[str, str]]:
    """Yield the key and the template of each message that has a translation that its author has confirmed."""
    for message in catalog:
        if not isinstance(message.id, str) or not isinstance(message.string, str):
            raise ShopperMessagesInvalid(f"{file.name}: {message.id[0]} has plural forms; give it one `msgstr`")
        if message.id and message.string and not message.fuzzy:
            yield message.id, message.string


def _problems(templates: Templates, placeholders: Mapping[str, frozenset[str]]) -> Iterator[str]:
    for key, template in templates.items():
        if key not in placeholders:
            similar = get_close_matches(key, placeholders, n=1)
            yield f"there is no message {key}." + (f" Did you mean {similar[0]}?" if similar else "")
            continue
        try:
            used = set(_placeholders(template))
        except ValueError:
            yield f"{key} has a brace that belongs to no value; write {{{{ for a brace"
            continue
        if unknown := sorted(used - placeholders[key]):
            allowed = ", ".join(f"{{{name}}}" for name in sorted(placeholders[key])) or "none"
            yield f"{key} has no value {{{unknown[0]}}}. Allowed: {allowed}."


def _placeholders(template: str) -> Iterator[str]:
    """Yield the placeholders of a template, with their formats and attributes, as `{a.b!r:c}` is no value."""
    for _, name, specification, conversion in Formatter().parse(template):
        if name is not None:
            yield name + (f"!{conversion}" if conversion else "") + (f":{specification}" if specification else "")
