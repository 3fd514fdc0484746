"""The scalars of the graph. A variable is checked as strictly as a literal, and each error names the scalar."""

import re
import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
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

DECIMAL = re.compile(r"-?\d{1,18}(\.\d{1,9})?")


def string(value: object, message: str) -> str:
    if not isinstance(value, str):
        raise GraphQLError(message)
    return value


def pattern(expression: str, message: str) -> Callable[[object], str]:
    compiled = re.compile(expression)

    def parse(value: object) -> str:
        if not compiled.fullmatch(string(value, message)):
            raise GraphQLError(message)
        return str(value)

    return parse


def parse_decimal(value: object) -> Decimal:
    """From a string only: a JSON number has been a float already."""
    message = 'Decimal must be a string such as "118.01".'
    digits = string(value, message)
    if not DECIMAL.fullmatch(digits):
        raise GraphQLError(message)
    return Decimal(digits)


def parse_date(value: object) -> date:
    message = "Date must be a string such as 2026-11-22."
    try:
        return date.fromisoformat(string(value, message))
    except ValueError:
        raise GraphQLError(message) from None


def parse_instant(value: object) -> datetime:
    message = "DateTime must be a string with a time zone, such as 2026-11-22T10:00:00Z."
    try:
        instant = datetime.fromisoformat(string(value, message))
    except ValueError:
        raise GraphQLError(message) from None
    if instant.tzinfo is None:
        raise GraphQLError(message)
    return instant.astimezone(UTC)


def parse_uuid(value: object) -> uuid.UUID:
    message = "UUID must be a string of 36 characters."
    characters = string(value, message)
    try:
        parsed = uuid.UUID(characters)
    except ValueError:
        raise GraphQLError(message) from None
    if str(parsed) != characters.lower():
        raise GraphQLError(message)
    return parsed


def parse_url(value: object) -> str:
    message = "URL must be an absolute http or https URL."
    url = string(value, message)
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise GraphQLError(message)
    return url


def _iso_instant(value: datetime) -> str:
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _string_scalar(name: str, description: str, parse: Callable[[object], str]) -> ScalarDefinition:
    return scalar(name=name, description=description, serialize=str, parse_value=parse)


SCALARS: dict[object, ScalarDefinition] = {
    date: scalar(
        name="Date",
        description="Calendar date, ISO 8601, for example 2026-11-22.",
        specified_by_url="https://www.rfc-editor.org/rfc/rfc3339",
        serialize=date.isoformat,
        parse_value=parse_date,
    ),
    datetime: scalar(
        name="DateTime",
        description="Instant in UTC, RFC 3339, for example 2026-11-22T10:00:00Z.",
        specified_by_url="https://www.rfc-editor.org/rfc/rfc3339",
        serialize=_iso_instant,
        parse_value=parse_instant,
    ),
    Decimal: scalar(
        name="Decimal",
        description="Exact decimal number, always written as a JSON string and never as a floating-point number, "
        'for example "118.01".',
        serialize="{:f}".format,
        parse_value=parse_decimal,
    ),
    EmailAddress: _string_scalar(
        "EmailAddress", "Email address.", pattern(r"[^@\s]+@[^@\s]+", "EmailAddress must be an email address.")
    ),
    Url: scalar(
        name="URL",
        description="Absolute URL.",
        specified_by_url="https://www.rfc-editor.org/rfc/rfc3986",
        serialize=str,
        parse_value=parse_url,
    ),
    uuid.UUID: scalar(
        name="UUID",
        description="Universally unique identifier in its 36-character form.",
        specified_by_url="https://www.rfc-editor.org/rfc/rfc9562",
        serialize=str,
        parse_value=parse_uuid,
    ),
    CurrencyCode: _string_scalar(
        "CurrencyCode",
        "ISO 4217 alphabetic currency code, for example USD. A scalar, so that a new currency never breaks a client.",
        pattern(r"[A-Z]{3}", "CurrencyCode must be an ISO 4217 code such as USD."),
    ),
    CountryCode: _string_scalar(
        "CountryCode",
        "ISO 3166-1 alpha-2 country code, for example DE.",
        pattern(r"[A-Z]{2}", "CountryCode must be an ISO 3166-1 alpha-2 code such as DE."),
    ),
    Locale: _string_scalar(
        "Locale",
        "BCP 47 language tag, for example en-US. The gateway converts to and from the upstream underscore form.",
        pattern(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", "Locale must be a language tag such as en-US."),
    ),
    CartRevision: _string_scalar(
        "CartRevision",
        "Opaque digest of everything a shopper agrees to when buying: lines, quantities, prices, addresses, shipping "
        "option, tax identifiers and attached sources. Two equal revisions mean the same purchase.",
        pattern(r"[A-Za-z0-9]{1,64}", "CartRevision must be a value of Cart.revision."),
    ),
    SchemaCoordinate: _string_scalar(
        "SchemaCoordinate",
        "Schema coordinate as defined by the GraphQL specification, for example Mutation.attachSource.",
        pattern(
            r"[A-Za-z0-9_.():@]{1,256}", "SchemaCoordinate must be a schema coordinate such as Mutation.attachSource."
        ),
    ),
}
