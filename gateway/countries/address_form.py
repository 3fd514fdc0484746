"""The fields of a form for addresses in a country, and the subdivisions to choose from.

The form has the fields of `AddressInput`. The fields that an address needs at Digital River are always required; the
post office's rules add others. No mutation checks these rules, because Digital River accepts more than the post office.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from gateway.countries.address_data import AddressData, Subdivision, address_data
from gateway.countries.labels import AddressFieldLabel as Label
from gateway.enums import AddressKind

ALWAYS_REQUIRED = frozenset({"firstName", "lastName", "line1", "city"})
"""Fields without which an address is incomplete, in every country. See `gateway/checkout/guard.py`."""

SURNAME_FIRST = frozenset({"hu", "ja", "ko", "vi", "zh"})
"""Languages of forms in which the family name comes first, according to CLDR."""

POSTAL_CODE_PATTERNS = {"US": r"\d{5}(?:-\d{4})?"}
"""Patterns that replace those of the data set. Digital River refuses a nine-digit code without a hyphen."""

UNLISTED_SUBDIVISIONS = {"US": frozenset({"FM", "MH", "PW"})}
"""Independent countries that the data set lists as states, because their mail goes through the United States. Digital
River does not list them as states.
"""

MOST_FORMS = 500

CITY_LABELS = {"post_town": Label.POST_TOWN, "district": Label.DISTRICT, "suburb": Label.SUBURB}
SUBDIVISION_LABELS = {
    "area": Label.AREA,
    "county": Label.COUNTY,
    "department": Label.DEPARTMENT,
    "district": Label.DISTRICT,
    "do_si": Label.PROVINCE,
    "emirate": Label.EMIRATE,
    "island": Label.ISLAND,
    "oblast": Label.OBLAST,
    "parish": Label.PARISH,
    "prefecture": Label.PREFECTURE,
    "state": Label.STATE,
}
POSTAL_CODE_LABELS = {"zip": Label.ZIP_CODE, "pin": Label.PIN_CODE, "eircode": Label.EIRCODE}

PLAIN_LABELS = {
    "firstName": Label.FIRST_NAME,
    "lastName": Label.LAST_NAME,
    "phoneticFirstName": Label.PHONETIC_FIRST_NAME,
    "phoneticLastName": Label.PHONETIC_LAST_NAME,
    "companyName": Label.COMPANY_NAME,
    "division": Label.DIVISION,
    "line1": Label.STREET_ADDRESS,
    "line2": Label.ADDRESS_LINE_2,
    "line3": Label.ADDRESS_LINE_3,
    "phoneNumber": Label.PHONE_NUMBER,
    "email": Label.EMAIL,
}
"""Labels of the fields that have the same label in all countries."""


@dataclass(frozen=True)
class AddressFormField:
    """A field of a form. `name` is its name in `AddressInput`."""

    name: str
    label: Label
    is_required: bool
    is_upper_case: bool = False
    pattern: str | None = None
    examples: tuple[str, ...] = ()


@dataclass(frozen=True)
class CountrySubdivision:
    code: str
    iso_code: str | None
    name: str


@lru_cache(maxsize=MOST_FORMS)
def address_form(country_code: str, language: str, kind: AddressKind) -> tuple[AddressFormField, ...]:
    """The fields of a form for addresses in a country, in their order in that country."""
    data = address_data(country_code)
    return tuple(
        _field(name, letter, data, country_code, kind) for name, letter in _names(data, country_code, language)
    )


@lru_cache(maxsize=MOST_FORMS)
def subdivisions(country_code: str, language: str) -> tuple[CountrySubdivision, ...]:
    """The subdivisions of a country, in the order of the data set. Empty if an address has none, or if none are known.

    They have their names in `language`. If the data set has none, they have the names in Latin script.
    """
    data = address_data(country_code)
    unlisted = UNLISTED_SUBDIVISIONS.get(country_code, frozenset())
    return tuple(
        CountrySubdivision(entry.code, entry.iso_code, _name(entry, data, language))
        for entry in data.subdivisions
        if entry.code not in unlisted
    )


def _name(entry: Subdivision, data: AddressData, language: str) -> str:
    if language == data.language:
        return entry.names.get(language, entry.code)
    names = entry.names
    return names.get(language) or names.get("latin") or names.get("en") or names.get(data.language or "") or entry.code


def _names(data: AddressData, country_code: str, language: str) -> Iterator[tuple[str, str]]:
    """Names of the fields in their order, each with the letter of its part of the address."""
    is_native = language == data.language
    for letter in _with_city(data.parts if is_native else data.latin_parts):
        match letter:
            case "N":
                yield from ((name, letter) for name in _person(country_code, language))
            case "O":
                yield "companyName", letter
                if country_code == "JP":
                    yield "division", letter
            case "A":
                yield from ((name, letter) for name in ("line1", "line2", "line3"))
            case "C":
                yield "city", letter
            case "S":
                yield "countrySubdivision", letter
            case "Z":
                yield "postalCode", letter
    yield "phoneNumber", ""
    yield "email", ""


def _with_city(parts: tuple[str, ...]) -> tuple[str, ...]:
    """The parts of an address with a city. Where the post office has none, it stands between street and subdivision,
    because `AddressInput` requires a city.
    """
    if "C" in parts:
        return parts
    street = parts.index("A")
    place = street if "S" in parts[:street] else street + 1
    return (*parts[:place], "C", *parts[place:])


def _person(country_code: str, language: str) -> tuple[str, ...]:
    names = ("lastName", "firstName") if language in SURNAME_FIRST else ("firstName", "lastName")
    if country_code != "JP":
        return names
    return (*names, *("phonetic" + name[0].upper() + name[1:] for name in names))


def _field(name: str, letter: str, data: AddressData, country_code: str, kind: AddressKind) -> AddressFormField:
    is_postal_code = name == "postalCode"
    is_of_payer = name in ("email", "phoneNumber") and kind is AddressKind.BILLING
    is_of_post = name in ("countrySubdivision", "postalCode") and letter in data.required
    return AddressFormField(
        name=name,
        label=_label(name, data),
        is_required=name in ALWAYS_REQUIRED or is_of_payer or is_of_post,
        is_upper_case=letter in data.upper_case,
        pattern=POSTAL_CODE_PATTERNS.get(country_code, data.postal_code_pattern) if is_postal_code else None,
        examples=data.postal_code_examples if is_postal_code else (),
    )


def _label(name: str, data: AddressData) -> Label:
    if name == "city":
        return CITY_LABELS.get(data.city_kind, Label.CITY)
    if name == "countrySubdivision":
        return SUBDIVISION_LABELS.get(data.subdivision_kind, Label.PROVINCE)
    if name == "postalCode":
        return POSTAL_CODE_LABELS.get(data.postal_code_kind, Label.POSTAL_CODE)
    return PLAIN_LABELS[name]
