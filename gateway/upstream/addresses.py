"""Postal addresses as Digital River sends and accepts them, with the graph's field names."""

from decimal import Decimal

from gateway.upstream.decoding import JsonObject, Shape, alone, many


class Address(Shape, frozen=True, kw_only=True):
    """A postal address with contact details. Every field is optional."""

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
        """JSON for Digital River, with only the fields that are set. Digital River leaves omitted fields unchanged."""
        fields = {wire: getattr(self, name) for name, wire in WIRE_NAMES.items()}
        return {wire: value for wire, value in fields.items() if value is not None}


WIRE_NAMES = {
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

BLANK = frozenset({"", "null"})


def address(wire: JsonObject | None) -> Address | None:
    """Address from Digital River's JSON; None if all its fields are empty."""
    if wire is None:
        return None
    fields = {name: text for name, wire_name in WIRE_NAMES.items() if (text := _string(wire.get(wire_name)))}
    if fields.get("country_subdivision") in NO_SUBDIVISION:
        del fields["country_subdivision"]
    return Address(**fields) if fields else None


def _string(value: object) -> str | None:
    if value is None:
        return None
    value = alone(value)
    if isinstance(value, str):
        return None if value.strip() in BLANK else value
    # Digital River also sends postal codes as numbers.
    return str(value) if isinstance(value, int | Decimal) else None


class AddressSuggestion(Shape, frozen=True, kw_only=True):
    id: str
    address: Address


class CartAddress(Shape, frozen=True, kw_only=True):
    address: Address
    wire: JsonObject

    def __repr__(self) -> str:
        return "CartAddress(***)"

    @property
    def suggestions(self) -> list[AddressSuggestion]:
        """Corrections that Digital River suggests for the address."""
        suggestions = self.wire.get("suggestions")
        entries = many(suggestions.get("address") if isinstance(suggestions, dict) else None)
        read = [(_string(entry.get("id")), address(entry)) for entry in entries]
        return [
            AddressSuggestion(id=suggestion_id, address=corrected)
            for suggestion_id, corrected in read
            if suggestion_id is not None and corrected is not None
        ]


def cart_address(wire: JsonObject | None) -> CartAddress | None:
    postal = address(wire)
    return None if postal is None or wire is None else CartAddress(address=postal, wire=wire)
