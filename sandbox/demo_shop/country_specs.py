"""JSON schemas of the addresses and tax identifiers of a country, as `GET /country-specs` returns them."""

from sandbox.demo_shop.tax_identifiers import BUSINESS, IDENTIFIERS, INDIVIDUAL, REQUIRED_IN, Identifier
from sandbox.demo_shop.taxes import US_STATES
from sandbox.wire.values import Json

DRAFT = "http://json-schema.org/draft-07/schema#"

POSTAL_CODES = {
    "CA": r"^[A-Za-z]\d[A-Za-z] ?\d[A-Za-z]\d$",
    "DE": r"^\d{5}$",
    "ES": r"^\d{5}$",
    "FR": r"^\d{5}$",
    "GB": r"^[A-Za-z]{1,2}\d[A-Za-z\d]? ?\d[A-Za-z]{2}$",
    "IT": r"^\d{5}$",
    "US": r"^\d{5}(?:-\d{4})?$",
}
"""Patterns of postal codes, by country. Digital River has schemas of addresses for these countries only."""

CANADIAN_PROVINCES = ("AB", "BC", "MB", "NB", "NL", "NS", "NT", "NU", "ON", "PE", "QC", "SK", "YT")

STATES = {"US": tuple(sorted(US_STATES)), "CA": CANADIAN_PROVINCES}

LINES = {
    "name": ("full name", 128),
    "organization": ("company or organization", 128),
    "line1": ("house number and street", 128),
    "line2": ("apartment number or suite", 128),
    "city": ("city", 64),
}
"""Description and greatest length of the fields without a pattern."""


def address_schemas(country: str) -> Json:
    """Schemas of the addresses by field of the answer; empty for a country without schemas."""
    if country not in POSTAL_CODES:
        return {}
    area = ["state"] if country in STATES else []
    payment = ["country", "postalCode"]
    shipping = ["name", "line1", "city", *area, *payment]
    return {
        "billingAddressSchema": _address(country, payment),
        "shippingAddressSchema": _address(country, shipping),
        "billingAddressOnlySchema": _address(country, [*area, *payment]),
    }


def identifier_schemas(country: str) -> dict[str, list[Json]]:
    """Schemas of the tax identifiers of individuals and of businesses, by field of the answer."""
    known = IDENTIFIERS.get(country, {})
    required = ["taxIdentifier"] if country in REQUIRED_IN else []
    return {
        "individualTaxIdentifiersSchemas": [
            _identifier(identifier, required) for identifier in known.get(INDIVIDUAL, ())
        ],
        "businessTaxIdentifiersSchemas": [_identifier(identifier, required) for identifier in known.get(BUSINESS, ())],
    }


def _address(country: str, required: list[str]) -> Json:
    properties: Json = {
        name: {"type": "string", "description": about, "minLength": 1 if name in required else 0, "maxLength": longest}
        for name, (about, longest) in LINES.items()
    }
    if country in STATES:
        properties["state"] = {"type": "string", "description": "state", "enum": list(STATES[country])}
    properties["postalCode"] = {"type": "string", "description": "postal code", "pattern": POSTAL_CODES[country]}
    properties["country"] = {"type": "string", "description": "country", "enum": [country]}
    return {"$schema": DRAFT, "title": "Address", "type": "object", "properties": properties, "required": required}


def _identifier(identifier: Identifier, required: list[str]) -> Json:
    return {
        "$schema": DRAFT,
        "title": identifier.key.lower(),
        "description": identifier.title,
        "type": "object",
        "properties": {"taxIdentifier": {"type": "string", "pattern": identifier.pattern}},
        "required": required,
    }
