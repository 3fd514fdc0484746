"""The owner of a payment source: the shopper, with the field names of the payment service."""

from dataclasses import dataclass

from sandbox.wire.body import Body
from sandbox.wire.refusal import bad_parameter
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


def read_owner(sent: Body, billing: Json | None = None) -> Owner | None:
    """Owner in the body of a source, or else the person of the billing address; None without both.

    Raises a `Refusal` for an empty name or email.
    """
    if not sent:
        return _owner_of(billing) if billing is not None else None
    for name in ("firstName", "lastName", "email"):
        if name in sent and not (sent.string(name) or "").strip():
            raise bad_parameter("invalid_parameter", f"owner.{name}", f"'' is not a valid owner.{name}.")
    return Owner(
        first_name=sent.string("firstName"),
        last_name=sent.string("lastName"),
        email=sent.string("email"),
        phone=sent.string("phoneNumber"),
        address=sent.strings("address"),
        organization=sent.string("organization"),
        customer_id=sent.string("customerId"),
        additional=sent.strings("additionalAddressInfo") or None,
    )


def _owner_of(billing: Json) -> Owner:
    """Owner with the address of a cart. DigitalRiver.js sends no owner if its page gave it no billing address."""
    names = {"line1": "line1", "line2": "line2", "city": "city", "countrySubdivision": "state"}
    names |= {"postalCode": "postalCode", "country": "country"}
    extra = {name: billing.get(name) for name in ("phoneticFirstName", "phoneticLastName", "division")}
    return Owner(
        first_name=billing.get("firstName"),
        last_name=billing.get("lastName"),
        email=billing.get("emailAddress"),
        phone=billing.get("phoneNumber"),
        address={new: billing[name] for name, new in names.items() if billing.get(name) is not None},
        organization=billing.get("companyName"),
        additional={name: value for name, value in extra.items() if value is not None} or None,
    )
