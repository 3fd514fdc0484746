"""The owner of a payment source: the shopper, with the field names of the payment service."""

from dataclasses import dataclass

from sandbox.wire.body import Body
from sandbox.wire.refusal import bad_parameter, missing_parameter
from sandbox.wire.values import Json


@dataclass
class Owner:
    first_name: str | None
    last_name: str | None
    email: str | None
    phone: str | None
    address: Json
    """Address with the field names of the payment service, such as `line1`, `city` and `postalCode`."""
    organization: str | None = None
    customer_id: str | None = None
    """The storefront's own id of the shopper."""
    additional: Json | None = None
    """`additionalAddressInfo`, such as the neighborhood or the phonetic spelling of the name."""

    def wire(self) -> Json:
        fields = {
            "firstName": self.first_name,
            "lastName": self.last_name,
            "email": self.email,
            "phoneNumber": self.phone,
            "organization": self.organization,
            "customerId": self.customer_id,
            "address": self.address,
            "additionalAddressInfo": self.additional,
        }
        return {name: value for name, value in fields.items() if value is not None}

    def cart_address(self) -> Json:
        """The owner's address with the field names of a cart address."""
        return {
            "firstName": self.first_name,
            "lastName": self.last_name,
            "companyName": self.organization,
            "line1": self.address.get("line1"),
            "line2": self.address.get("line2"),
            "city": self.address.get("city"),
            "countrySubdivision": self.address.get("state"),
            "postalCode": self.address.get("postalCode"),
            "country": self.address.get("country"),
            "phoneNumber": self.phone,
            "emailAddress": self.email,
        }


def read_owner(sent: Body) -> Owner | None:
    """Owner in the body of a source; None if the body has none. Raises a `Refusal` for an empty name or email."""
    if not sent:
        return None
    for name in ("firstName", "lastName", "email"):
        if name in sent and not (sent.string(name) or "").strip():
            raise bad_parameter("invalid_parameter", f"owner.{name}", f"'' is not a valid owner.{name}.")
    additional = strings(sent.object("additionalAddressInfo"))
    return Owner(
        first_name=sent.string("firstName"),
        last_name=sent.string("lastName"),
        email=sent.string("email"),
        phone=sent.string("phoneNumber"),
        address=strings(sent.object("address")),
        organization=sent.string("organization"),
        customer_id=sent.string("customerId"),
        additional=additional or None,
    )


def required_owner(sent: Body) -> Owner:
    owner = read_owner(sent)
    if owner is None:
        raise missing_parameter("owner")
    return owner


def strings(sent: Body) -> Json:
    """All fields of an object as strings. A field that is null or "" is None."""
    return {name: sent.string(name) for name in sent}
