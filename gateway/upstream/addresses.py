"""Postal addresses as Digital River tells and takes them, with the graph's names."""

from decimal import Decimal

from gateway.upstream.decoding import Loose, Shape, blank_is_none, many


class Address(Shape, frozen=True, kw_only=True):
    """A postal address with contact details. None where nothing was given."""

    first_name: str | None = None
    last_name: str | None = None
    phonetic_first_name: str | None = None
    phonetic_last_name: str | None = None
    company_name: str | None = None
    division: str | None = None
    line1: str | None = None
    line2: str | None = None
    line3: str | None = None
    city: str | None = None
    country_subdivision: str | None = None
    county_name: str | None = None
    postal_code: str | None = None
    country_code: str | None = None
    phone_number: str | None = None
    email: str | None = None

    def __repr__(self) -> str:
        return "Address(***)"

    def wire(self) -> dict[str, str]:
        """As upstream takes it; what is absent is left alone."""
        given = {wire: getattr(self, name) for name, wire in ADDRESS_NAMES.items()}
        return {wire: value for wire, value in given.items() if value is not None}


ADDRESS_NAMES = {
    "first_name": "firstName",
    "last_name": "lastName",
    "phonetic_first_name": "phoneticFirstName",
    "phonetic_last_name": "phoneticLastName",
    "company_name": "companyName",
    "division": "division",
    "line1": "line1",
    "line2": "line2",
    "line3": "line3",
    "city": "city",
    "country_subdivision": "countrySubdivision",
    "county_name": "countyName",
    "postal_code": "postalCode",
    "country_code": "country",
    "phone_number": "phoneNumber",
    "email": "emailAddress",
}


NO_SUBDIVISION = frozenset({"NA", "na"})


class AddressSuggestion(Shape, frozen=True, kw_only=True):
    id: str
    address: Address


class CartAddress(Shape, frozen=True, kw_only=True):
    address: Address
    suggestions: list[AddressSuggestion]


def address(found: Loose | None) -> Address | None:
    """The address; None while all of it is null, or where only its link came."""
    if found is None:
        return None
    given = {name: _address_text(found.get(wire)) for name, wire in ADDRESS_NAMES.items()}
    if given["country_subdivision"] in NO_SUBDIVISION:
        given["country_subdivision"] = None
    return Address(**given) if any(given.values()) else None


def _address_text(value: object) -> str | None:
    # Postal codes also come as numbers.
    return blank_is_none(str(value)) if isinstance(value, str | int | Decimal) else None


def cart_address(found: Loose | None) -> CartAddress | None:
    read = address(found)
    if read is None or found is None:
        return None
    return CartAddress(address=read, suggestions=_suggestions(found.get("suggestions")))


def _suggestions(found: object) -> list[AddressSuggestion]:
    listed = found.get("address") if isinstance(found, dict) else None
    read = []
    for one in many(listed):
        corrected, suggestion_id = address(one), _address_text(one.get("id"))
        if corrected is not None and suggestion_id is not None:
            read.append(AddressSuggestion(id=suggestion_id, address=corrected))
    return read
