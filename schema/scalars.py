"""The scalars of the graph. Each is read as strictly in a variable as in a literal, and every bad value is told."""

import re
import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from urllib.parse import urlsplit

from graphql import GraphQLError
from strawberry.types.scalar import ScalarDefinition, scalar

from resolvers.scalars import (
    CartRevision,
    CountryCode,
    CurrencyCode,
    EmailAddress,
    Locale,
    SchemaCoordinate,
    Url,
)

_DIGITS = re.compile(r"-?\d{1,18}(\.\d{1,9})?")


def text(value: object) -> str:
    if not isinstance(value, str):
        raise GraphQLError("A text is expected.")
    return value


def pattern(expression: str, what: str) -> Callable[[object], str]:
    compiled = re.compile(expression)

    def parse(value: object) -> str:
        given = text(value)
        if not compiled.fullmatch(given):
            raise GraphQLError(f"{what} is expected.")
        return given

    return parse


def decimal(value: object) -> Decimal:
    """From text only: a JSON number has been a float already."""
    if not isinstance(value, str) or not _DIGITS.fullmatch(value):
        raise GraphQLError('A decimal number in a text is expected, for example "118.01".')
    try:
        return Decimal(value)
    except InvalidOperation:
        raise GraphQLError("A decimal number is expected.") from None


def day(value: object) -> date:
    try:
        return date.fromisoformat(text(value))
    except ValueError:
        raise GraphQLError("A date is expected, for example 2026-11-22.") from None


def instant(value: object) -> datetime:
    try:
        read = datetime.fromisoformat(text(value))
    except ValueError:
        read = None
    if read is None or read.tzinfo is None:
        raise GraphQLError("An instant with its zone is expected, for example 2026-11-22T10:00:00Z.")
    return read.astimezone(UTC)


def unique(value: object) -> uuid.UUID:
    given = text(value)
    try:
        read = uuid.UUID(given)
    except ValueError:
        read = None
    if read is None or str(read) != given.lower():
        raise GraphQLError("A UUID of 36 characters is expected.")
    return read


def url(value: object) -> str:
    given = text(value)
    parts = urlsplit(given)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise GraphQLError("An absolute URL is expected.")
    return given


def _instant_text(value: datetime) -> str:
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _plain(name: str, description: str, parse: Callable[[object], object]) -> ScalarDefinition:
    return scalar(name=name, description=description, serialize=str, parse_value=parse)


SCALARS: dict[object, ScalarDefinition] = {
    date: scalar(
        name="Date",
        description="Calendar date, ISO 8601, for example 2026-11-22.",
        specified_by_url="https://www.rfc-editor.org/rfc/rfc3339",
        serialize=date.isoformat,
        parse_value=day,
    ),
    datetime: scalar(
        name="DateTime",
        description="Instant in UTC, RFC 3339, for example 2026-11-22T10:00:00Z.",
        specified_by_url="https://www.rfc-editor.org/rfc/rfc3339",
        serialize=_instant_text,
        parse_value=instant,
    ),
    Decimal: scalar(
        name="Decimal",
        description="Exact decimal number, always written as a JSON string and never as a floating-point number, "
        'for example "118.01".',
        serialize=lambda value: format(value, "f"),
        parse_value=decimal,
    ),
    EmailAddress: _plain("EmailAddress", "Email address.", pattern(r"[^@\s]+@[^@\s]+", "An email address")),
    Url: scalar(
        name="URL",
        description="Absolute URL.",
        specified_by_url="https://www.rfc-editor.org/rfc/rfc3986",
        serialize=str,
        parse_value=url,
    ),
    uuid.UUID: scalar(
        name="UUID",
        description="Universally unique identifier in its 36-character form.",
        specified_by_url="https://www.rfc-editor.org/rfc/rfc9562",
        serialize=str,
        parse_value=unique,
    ),
    CurrencyCode: _plain(
        "CurrencyCode",
        "ISO 4217 alphabetic currency code, for example USD. A scalar, so that a new currency never breaks a client.",
        pattern(r"[A-Z]{3}", "An ISO 4217 currency code such as USD"),
    ),
    CountryCode: _plain(
        "CountryCode",
        "ISO 3166-1 alpha-2 country code, for example DE.",
        pattern(r"[A-Z]{2}", "An ISO 3166-1 alpha-2 country code such as DE"),
    ),
    Locale: _plain(
        "Locale",
        "BCP 47 language tag, for example en-US. The gateway converts to and from the upstream underscore form.",
        pattern(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", "A language tag such as en-US"),
    ),
    CartRevision: _plain(
        "CartRevision",
        "Opaque digest of everything a shopper agrees to when buying: lines, quantities, prices, addresses, shipping "
        "option, tax identifiers and attached sources. Two equal revisions mean the same purchase.",
        pattern(r"[A-Za-z0-9]{1,64}", "A revision as Cart.revision gives it"),
    ),
    SchemaCoordinate: _plain(
        "SchemaCoordinate",
        "Schema coordinate as defined by the GraphQL specification, for example Mutation.attachSource.",
        pattern(r"[A-Za-z0-9_.():@]{1,256}", "A schema coordinate"),
    ),
}
