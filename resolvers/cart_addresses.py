"""The addresses that an input chooses for the cart."""

from functools import partial

from gateway.checkout import guard
from gateway.enums import AddressKind, ErrorCode
from gateway.operation.context import Context
from gateway.refusals.user_errors import InputError, Path
from gateway.upstream.addresses import Address
from gateway.upstream.cart import Cart
from resolvers import address_book, cart_edits, checks
from resolvers.failures import Refused
from resolvers.inputs.checkout import AddressChoice
from resolvers.payloads import Payload


async def apply_suggestions(ctx: Context, billing: AddressChoice | None, shipping: AddressChoice | None) -> Payload:
    """Apply the chosen address suggestions, with one call for each."""
    payload = Payload()
    for kind, choice in ((AddressKind.BILLING, billing), (AddressKind.SHIPPING, shipping)):
        if choice is None or choice.suggestion_id is None:
            continue
        apply = partial(_apply_suggestion, ctx, kind, choice.suggestion_id)
        payload = await cart_edits.send(ctx, apply, path=(*_path(kind), "suggestionId"))
        if payload.errors:
            break
    return payload


async def _apply_suggestion(ctx: Context, kind: AddressKind, suggestion_id: str) -> Cart:
    return await ctx.as_shopper(lambda upstream, token: upstream.cart.apply_suggestion(token, kind, suggestion_id))


async def new_addresses(
    ctx: Context, billing_choice: AddressChoice | None, shipping_choice: AddressChoice | None
) -> tuple[Address | None, Address | None]:
    """The billing and the shipping address to send; None for an unchanged address. Raises `Refused` for a country that
    the site does not serve.
    """
    billing = await _in_full(ctx, billing_choice, AddressKind.BILLING)
    shipping = await _in_full(ctx, shipping_choice, AddressKind.SHIPPING)
    if billing_choice is not None and billing_choice.same_as is not None:
        billing = shipping or await _address_on_cart(ctx, AddressKind.SHIPPING, ("input", "billing", "sameAs"))
    if shipping_choice is not None and shipping_choice.same_as is not None:
        shipping = billing or await _address_on_cart(ctx, AddressKind.BILLING, ("input", "shipping", "sameAs"))
    settings = ctx.settings
    _check_served(settings.billing_countries, billing, _country_path(billing_choice, AddressKind.BILLING))
    _check_served(settings.shipping_countries, shipping, _country_path(shipping_choice, AddressKind.SHIPPING))
    return billing, shipping


async def _in_full(ctx: Context, choice: AddressChoice | None, kind: AddressKind) -> Address | None:
    if choice is None:
        return None
    path = _path(kind)
    if choice.saved_address_id is not None:
        return await address_book.address_from_book(ctx, choice.saved_address_id, (*path, "savedAddressId"))
    return address_book.full_address(choice.address) if choice.address is not None else None


async def _address_on_cart(ctx: Context, kind: AddressKind, path: Path) -> Address:
    cart = await cart_edits.current_cart(ctx)
    present = cart.billing_address if kind is AddressKind.BILLING else cart.shipping_address
    if present is None:
        message = f"The cart has no {kind.value.lower()} address. Send the address in full."
        raise Refused(InputError(code=ErrorCode.MISSING_INPUT, message=message, path=path))
    return present.address


def _check_served(countries: tuple[str, ...], address: Address | None, path: Path) -> None:
    country = address.country_code if address is not None else None
    if not guard.serves(countries, country):
        raise Refused(checks.not_served(country, path))


def _country_path(choice: AddressChoice | None, kind: AddressKind) -> Path:
    if choice is not None and choice.saved_address_id is not None:
        return (*_path(kind), "savedAddressId")
    return (*_path(kind), "address", "countryCode")


def _path(kind: AddressKind) -> Path:
    return ("input", kind.value.lower())
