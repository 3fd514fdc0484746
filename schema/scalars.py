"""The scalars of the graph. Variables and literals in documents pass the same checks. Every error message names the
scalar.
"""

import contextlib
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


def matches(value: object, pattern: str) -> bool:
    return isinstance(value, str) and re.fullmatch(pattern, value) is not None


def parse_currency_code(value: object) -> str:
    if not matches(value, r"[A-Z]{3}"):
        raise GraphQLError("CurrencyCode must be an ISO 4217 code such as USD.")
    return str(value)


def parse_country_code(value: object) -> str:
    if not matches(value, r"[A-Z]{2}"):
        raise GraphQLError("CountryCode must be an ISO 3166-1 alpha-2 code such as DE.")
    return str(value)


def parse_locale(value: object) -> str:
    if not matches(value, r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*"):
        raise GraphQLError("Locale must be a language tag such as en-US.")
    return str(value)


def parse_email_address(value: object) -> str:
    """Parse an address, with or without spaces around it, which come along when it is pasted."""
    address = value.strip() if isinstance(value, str) else value
    if not matches(address, r"[^@\s]+@[^@\s]+"):
        raise GraphQLError("EmailAddress must be an email address such as ada@example.com.")
    return str(address)


def parse_cart_revision(value: object) -> str:
    if not matches(value, r"[A-Za-z0-9]{1,64}"):
        raise GraphQLError("CartRevision must be a value of `cart.revision`.")
    return str(value)


def parse_schema_coordinate(value: object) -> str:
    if not matches(value, r"[A-Za-z0-9_.():@]{1,256}"):
        raise GraphQLError("SchemaCoordinate must be a schema coordinate such as Mutation.attachSource.")
    return str(value)


def parse_decimal(value: object) -> Decimal:
    """Parse a string. A JSON number is rejected, because JSON parsers would convert the number to an inexact float."""
    if not matches(value, r"\s*-?\d{1,18}(\.\d{1,9})?\s*"):
        raise GraphQLError('Decimal must be a string such as "118.01".')
    return Decimal(str(value).strip())


def parse_date(value: object) -> date:
    with contextlib.suppress(ValueError):
        if isinstance(value, str):
            return date.fromisoformat(value)
    raise GraphQLError("Date must be a string such as 2026-11-22.")


def parse_instant(value: object) -> datetime:
    with contextlib.suppress(ValueError):
        if isinstance(value, str) and (instant := datetime.fromisoformat(value)).tzinfo is not None:
            return instant.astimezone(UTC)
    raise GraphQLError("DateTime must be a string with a time zone, such as 2026-11-22T10:00:00Z.")


def parse_uuid(value: object) -> uuid.UUID:
    with contextlib.suppress(ValueError):
        if isinstance(value, str) and str(parsed := uuid.UUID(value)) == value.lower():
            return parsed
    raise GraphQLError("UUID must be a string of 36 characters.")


def parse_url(value: object) -> str:
    with contextlib.suppress(ValueError):
        if isinstance(value, str) and (parts := urlsplit(value)).scheme in ("http", "https") and parts.netloc:
            return value
    raise GraphQLError("URL must be an absolute http or https URL.")


def decimal_string(value: Decimal) -> str:
    """All digits of a number, without an exponent."""
    digits = str(value)
    return digits if "E" not in digits else f"{value:f}"


def _iso_instant(value: datetime) -> str:
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _string_scalar(name: str, description: str, parse: Callable[[object], str]) -> ScalarDefinition:
    return scalar(name=name, description=description, serialize=str, parse_value=parse)


SCALARS: dict[object, ScalarDefinition] = {
    date: scalar(
        name="Date",
        description="Calendar date in ISO 8601 format, for example 2026-11-22.",
        specified_by_url="https://www.rfc-editor.org/rfc/rfc3339",
        serialize=date.isoformat,
        parse_value=parse_date,
    ),
    datetime: scalar(
        name="DateTime",
        description="Date and time in UTC, RFC 3339, for example 2026-11-22T10:00:00Z.",
        specified_by_url="https://www.rfc-editor.org/rfc/rfc3339",
        serialize=_iso_instant,
        parse_value=parse_instant,
    ),
    Decimal: scalar(
        name="Decimal",
        description='Exact decimal number, always a JSON string, for example "118.01".',
        serialize=decimal_string,
        parse_value=parse_decimal,
    ),
    EmailAddress: _string_scalar("EmailAddress", "Email address.", parse_email_address),
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
        "ISO 4217 alphabetic currency code, for example USD. A scalar, so a new currency does not break a client.",
        parse_currency_code,
    ),
    CountryCode: _string_scalar(
        "CountryCode",
        "ISO 3166-1 alpha-2 country code, for example DE.",
        parse_country_code,
    ),
    Locale: _string_scalar(
        "Locale",
        "BCP 47 language tag, for example en-US. The gateway converts between this form and Digital River's, which "
        "has an underscore.",
        parse_locale,
    ),
    CartRevision: _string_scalar(
        "CartRevision",
        "Opaque digest of what the shopper agrees to buy: lines, quantities, prices, addresses, shipping option, "
        "tax identifiers and attached sources. Two equal revisions mean the same purchase.",
        parse_cart_revision,
    ),
    SchemaCoordinate: _string_scalar(
        "SchemaCoordinate",
        "Schema coordinate as defined by the GraphQL specification, for example Mutation.attachSource.",
        parse_schema_coordinate,
    ),
}
