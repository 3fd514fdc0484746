"""Where a new source comes from: the browser and its address, the cart, and what the client says about its use."""

from starlette.requests import Request

from sandbox.api.payment_service import malformed_field
from sandbox.api.requests import has_card_number
from sandbox.demo_shop.payment_methods import Method
from sandbox.model.cart import Cart
from sandbox.model.provider_details import new_payment_id
from sandbox.wire.body import Body
from sandbox.wire.refusal import bad_parameter
from sandbox.wire.values import Json, is_true

USAGES = frozenset({"subscription", "convenience", "unscheduled"})

BROWSER_FIELDS = (
    "language",
    "colorDepth",
    "screenHeight",
    "screenWidth",
    "timeZoneOffset",
    "javaEnabled",
    "referrer",
)
"""Fields of `browserInfo` that DigitalRiver.js sends. The payment service adds the rest from the request."""


def reported_fields(request: Request, sent: Body, method: Method, cart: Cart | None) -> Json:
    """Fields that the source reports beside its own: usage, IP address, browser, language and payment id."""
    address = request.client.host if request.client is not None else None
    fields: Json = {"creationIp": address, "usage": _usage(sent), "browserInfo": _browser(request, sent, address)}
    if sent.get("futureUse") is not None:
        fields["futureUse"] = is_true(sent["futureUse"])
    if method.flow != "standard":
        fields["language"] = (cart.locale if cart is not None else "en_US").partition("_")[0]
    if method.flow == "receiver":
        fields["paymentId"] = new_payment_id()
    return {name: value for name, value in fields.items() if value is not None}


def refuse_card_numbers(sent: Body) -> None:
    """Raise a 400 for a card number in a field that the source reports. Phone numbers may look like card numbers."""
    for name in ("owner", "mandate", "browserInfo"):
        if has_card_number({key: value for key, value in sent.object(name).items() if key != "phoneNumber"}):
            raise bad_parameter("invalid_parameter", name, f"{name} contains a card number.")


def _usage(sent: Body) -> str | None:
    usage = sent.string("usage")
    if usage is not None and usage not in USAGES:
        raise bad_parameter("invalid_parameter", "usage", f"usage must be one of {', '.join(sorted(USAGES))}.")
    return usage


def _browser(request: Request, sent: Body, address: str | None) -> Json | None:
    info = sent.object("browserInfo")
    if not info:
        return None
    known = {name: info[name] for name in BROWSER_FIELDS if info.get(name) is not None}
    if any(isinstance(value, dict | list) for value in known.values()):
        raise malformed_field("browserInfo")
    headers = request.headers
    added = {"userAgent": headers.get("user-agent"), "acceptHeader": headers.get("accept"), "browserIp": address}
    return {name: value for name, value in added.items() if value is not None} | known


def recipient_of(cart: Cart | None) -> Json | None:
    """The person and address to which the cart is shipped, with the field names of the payment service."""
    address = cart.shipping if cart is not None else None
    if address is None:
        return None
    names = (address.get("firstName"), address.get("lastName"))
    place = {
        "line1": address.get("line1"),
        "line2": address.get("line2"),
        "city": address.get("city"),
        "state": address.get("countrySubdivision"),
        "country": address.get("country"),
        "postalCode": address.get("postalCode"),
    }
    recipient: Json = {
        "recipient": " ".join(name for name in names if name),
        "phoneNumber": address.get("phoneNumber"),
        "address": {name: value for name, value in place.items() if value is not None},
        "email": address.get("emailAddress"),
    }
    return {name: value for name, value in recipient.items() if value is not None}
