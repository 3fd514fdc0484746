"""Mutations that change several parts of the cart for a checkout page."""

from collections.abc import Awaitable, Callable, Iterator

from gateway.operation.context import Context
from gateway.refusals.user_errors import Path
from gateway.sessions.record import CheckoutMemory
from gateway.upstream.cart import Cart
from gateway.upstream.changes import CartChange
from resolvers import cart_addresses, cart_edits, cart_offers, shipping_options, side_effects, tax_identifiers
from resolvers.failures import sign_in_errors
from resolvers.inputs.checkout import PrepareCheckoutInput, SetCartAddressesInput, UpdateCartInput
from resolvers.payloads import Payload


async def prepare_checkout(ctx: Context, args: PrepareCheckoutInput) -> Payload:
    errors = await sign_in_errors(ctx, *_address_book_paths(args))
    if errors:
        return Payload(errors=errors)

    async def prepare() -> Payload:
        if args.billing is None and args.shipping is None and args.tax is None:
            return await _prepare(ctx, args)
        # The first form of a checkout costs no further call. Only a later one can change what the shopper has seen.
        has_addresses = (await ctx.own_session()).record.checkout_memory.has_addresses
        before = await side_effects.readable_cart(ctx) if has_addresses else side_effects.known_cart(ctx)
        return await _reported(ctx, args, before)

    return await cart_edits.edit(ctx, args.if_revision, prepare)


async def set_cart_addresses(ctx: Context, args: SetCartAddressesInput) -> Payload:
    """Set the new addresses with one call."""
    parts = PrepareCheckoutInput(billing=args.billing, shipping=args.shipping)
    errors = await sign_in_errors(ctx, *_address_book_paths(parts))
    if errors:
        return Payload(errors=errors)

    async def set_addresses() -> Payload:
        return await _reported(ctx, parts, before=await side_effects.readable_cart(ctx))

    return await cart_edits.edit(ctx, args.if_revision, set_addresses)


async def update_cart(ctx: Context, args: UpdateCartInput) -> Payload:
    parts = PrepareCheckoutInput(
        organization_id=args.organization_id, terms_of_sale_accepted=args.terms_of_sale_accepted
    )
    return await cart_edits.edit(ctx, args.if_revision, lambda: _prepare(ctx, parts))


def _address_book_paths(args: PrepareCheckoutInput) -> list[Path]:
    """The path of each saved address id in the input."""
    choices = {"billing": args.billing, "shipping": args.shipping}
    names = [name for name, choice in choices.items() if choice is not None and choice.saved_address_id is not None]
    return [("input", name, "savedAddressId") for name in names]


async def _reported(ctx: Context, args: PrepareCheckoutInput, before: Cart | None) -> Payload:
    """Make the changes, with warnings if new addresses or tax identifiers have changed more than the input names.

    `before`: the cart before the change; None if it is unknown.
    """
    payload = await side_effects.reported(ctx, before, lambda: _prepare(ctx, args), args.shipping_option)
    session = await ctx.own_session()
    has_address = args.billing is not None or args.shipping is not None
    if has_address and not (payload.errors or session.record.checkout_memory.has_addresses):
        await ctx.services.sessions.update_checkout_memory(session, _note_addresses)
    return payload


def _note_addresses(memory: CheckoutMemory) -> None:
    memory.has_addresses = True


async def _prepare(ctx: Context, args: PrepareCheckoutInput) -> Payload:
    """Change addresses, organisation and terms with one call. Then change each other part with its own call. Stop at
    the first failure.
    """
    # A suggestion corrects the current address, so it is applied before the addresses change.
    payload = await cart_addresses.apply_suggestions(ctx, args.billing, args.shipping)
    if payload.errors:
        return payload
    change = await _common_change(ctx, args)
    if change is not None:

        async def update() -> Cart:
            return await ctx.as_shopper(lambda upstream, token: upstream.cart.update_cart(token, change))

        payload = await cart_edits.send(ctx, update, path=_common_change_path(args))
        if payload.errors:
            return payload
    for part in _further_parts(ctx, args):
        part_payload = await part()
        payload = Payload(errors=part_payload.errors, warnings=[*payload.warnings, *part_payload.warnings])
        if payload.errors:
            break
    return payload


async def _common_change(ctx: Context, args: PrepareCheckoutInput) -> CartChange | None:
    """The change of addresses, organisation and terms; None if the input has none of them."""
    organization_id, accepts_terms = args.organization_id, args.terms_of_sale_accepted
    billing, shipping = await cart_addresses.new_addresses(ctx, args.billing, args.shipping)
    if all(part is None for part in (billing, shipping, organization_id, accepts_terms)):
        return None
    return CartChange(
        billing_address=billing,
        shipping_address=shipping,
        organization_id=organization_id,
        terms_of_sale_accepted=accepts_terms,
        ip_address=ctx.caller.address,
    )


def _common_change_path(args: PrepareCheckoutInput) -> Path:
    """The path of the first part that the common call changes. A refusal of the call is reported at this path."""
    parts = {
        "billing": args.billing,
        "shipping": args.shipping,
        "organizationId": args.organization_id,
        "termsOfSaleAccepted": args.terms_of_sale_accepted,
    }
    return ("input", next(name for name, part in parts.items() if part is not None))


def _further_parts(ctx: Context, args: PrepareCheckoutInput) -> Iterator[Callable[[], Awaitable[Payload]]]:
    """Functions that change the tax identifiers, the shipping option and the offer, in this order.

    Each change depends on the cart after the previous change.
    """
    tax, option, offer = args.tax, args.shipping_option, args.offer
    if tax is not None:
        yield lambda: tax_identifiers.replace(ctx, tax, ("input", "tax"))
    if option is not None:
        path = ("input", "shippingOption", "id" if option.id is not None else "rule")
        yield lambda: shipping_options.select(ctx, option, path)
    if offer is not None:
        yield lambda: cart_offers.redeem(ctx, offer, ("input", "offer"))
