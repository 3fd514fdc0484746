"""Addresses, shipping, terms: what a cart needs before it can be paid, in one call."""

from collections.abc import Awaitable, Callable, Iterator
from decimal import Decimal
from functools import partial

from gateway.checkout import guard
from gateway.checkout import tax_identifiers as tax_rules
from gateway.checkout.guard import CheckoutReadiness
from gateway.checkout.guard_input import read_guard_input
from gateway.enums import AddressKind, ErrorCode, ShippingOptionRule, WarningCode
from gateway.errors import UpstreamError
from gateway.operation.context import Context
from gateway.refusals.user_errors import DestinationError, InputError, Path, invalid
from gateway.refusals.warnings import MutationWarning
from gateway.upstream.addresses import Address
from gateway.upstream.cart import Cart, ShippingOption
from gateway.upstream.changes import CartChange
from resolvers import account, cart_edits, offers
from resolvers.cart_edits import Refused
from resolvers.inputs.checkout import (
    AddressChoice,
    CheckoutTaxInput,
    PrepareCheckoutInput,
    SelectShippingOptionInput,
    SetCartAddressesInput,
    SetTaxIdentifiersInput,
    ShippingOptionChoice,
    UpdateCartInput,
)
from resolvers.payloads import Payload

LONGEST_ORGANIZATION = 50

SHIPPING_RESET = MutationWarning(
    WarningCode.SHIPPING_OPTION_RESET,
    "The shipping option is not offered for the new address; another one, or none, is selected now.",
)


async def readiness(parent: Cart, ctx: Context) -> CheckoutReadiness:
    return guard.readiness(await read_guard_input(ctx, parent))


async def checkout_readiness(ctx: Context) -> CheckoutReadiness:
    return await readiness(await ctx.cart(), ctx)


async def prepare_checkout(ctx: Context, args: PrepareCheckoutInput) -> Payload:
    """Addresses, organisation and terms travel in one call, the shipping option in another."""
    lack = await account.lack(ctx, *_of_the_book(args))
    if lack:
        return Payload(errors=lack)
    return await cart_edits.in_turn(ctx, args.if_revision, lambda: _prepare(ctx, args))


async def set_cart_addresses(ctx: Context, args: SetCartAddressesInput) -> Payload:
    """Both in one call. A shipping option that the new address does not have is told as a warning."""
    if args.billing is None and args.shipping is None:
        missing = InputError(code=ErrorCode.MISSING_INPUT, message="Give at least one address.", path=("input",))
        return Payload(errors=[missing])
    parts = PrepareCheckoutInput(billing=args.billing, shipping=args.shipping)
    lack = await account.lack(ctx, *_of_the_book(parts))
    if lack:
        return Payload(errors=lack)

    async def set_both() -> Payload:
        before = (await cart_edits.present(ctx)).selected_shipping_option
        done = await _prepare(ctx, parts)
        if done.errors or before is None:
            return done
        now = (await cart_edits.present(ctx)).selected_shipping_option
        was_reset = now is None or now.id != before.id
        return Payload(warnings=[*done.warnings, *([SHIPPING_RESET] if was_reset else [])])

    return await cart_edits.in_turn(ctx, args.if_revision, set_both)


def _of_the_book(args: PrepareCheckoutInput) -> list[Path]:
    """Where an address book is needed."""
    choices = {"billing": args.billing, "shipping": args.shipping}
    named = [part for part, choice in choices.items() if choice is not None and choice.saved_address_id is not None]
    return [("input", part, "savedAddressId") for part in named]


async def select_shipping_option(ctx: Context, args: SelectShippingOptionInput) -> Payload:
    choice = ShippingOptionChoice(id=args.shipping_option_id)
    return await cart_edits.in_turn(ctx, args.if_revision, lambda: _select(ctx, choice, ("input", "shippingOptionId")))


async def set_tax_identifiers(ctx: Context, args: SetTaxIdentifiersInput) -> Payload:
    return await cart_edits.in_turn(ctx, args.if_revision, lambda: _set_tax(ctx, args, ("input",)))


async def update_cart(ctx: Context, args: UpdateCartInput) -> Payload:
    parts = PrepareCheckoutInput(
        organization_id=args.organization_id, terms_of_sale_accepted=args.terms_of_sale_accepted
    )
    return await cart_edits.in_turn(ctx, args.if_revision, lambda: _prepare(ctx, parts))


async def _prepare(ctx: Context, args: PrepareCheckoutInput) -> Payload:
    done = await _correct(ctx, args)
    if done.errors:
        return done
    change = await _change(ctx, args)
    if change is not None:
        wanted = change
        done = await cart_edits.write(
            ctx,
            lambda: ctx.as_shopper(lambda upstream, token: upstream.cart.update_cart(token, wanted)),
            path=_first_part(args),
        )
        if done.errors:
            return done
    for part in _further_parts(ctx, args):
        next_done = await part()
        done = Payload(errors=next_done.errors, warnings=[*done.warnings, *next_done.warnings])
        if done.errors:
            break
    return done


def _further_parts(ctx: Context, args: PrepareCheckoutInput) -> Iterator[Callable[[], Awaitable[Payload]]]:
    """What takes a call of its own, in the order of the args: each sees what the one before has made."""
    tax, option, offer = args.tax, args.shipping_option, args.offer
    if tax is not None:
        yield lambda: _set_tax(ctx, tax, ("input", "tax"))
    if option is not None:
        path = ("input", "shippingOption", "id" if option.id is not None else "rule")
        yield lambda: _select(ctx, option, path)
    if offer is not None:
        yield lambda: offers.redeem(ctx, offer, ("input", "offer"))


async def _set_tax(ctx: Context, tax: CheckoutTaxInput, path: Path) -> Payload:
    given = {one.key: one.value.strip() for one in tax.tax_identifiers}
    wrong = await _tax_problem(ctx, tax, (*path, "taxIdentifiers"))
    if wrong is not None:
        return Payload(errors=[wrong])

    async def put() -> None:
        if not given:
            await ctx.as_shopper(lambda upstream, token: upstream.cart.remove_tax_identifiers(token))
        await ctx.as_shopper(lambda upstream, token: upstream.cart.set_tax_identifiers(token, tax.customer_type, given))

    return await cart_edits.write(ctx, put, path=(*path, "taxIdentifiers"))


async def _tax_problem(ctx: Context, tax: CheckoutTaxInput, path: Path) -> DestinationError | None:
    """What is plainly wrong, told before anything is sent. Unread rules are upstream's to apply."""
    if not tax.tax_identifiers:
        return None
    try:
        requirements = await ctx.tax_requirements()
    except UpstreamError:
        return None
    wrong = tax_rules.problem(
        requirements, tax.customer_type, [(one.key, one.value.strip()) for one in tax.tax_identifiers]
    )
    if wrong is None:
        return None
    place = () if wrong.place is None else (str(wrong.place), wrong.member)
    return DestinationError(code=ErrorCode.TAX_IDENTIFIER_INVALID, message=wrong.message, path=(*path, *place))


async def _correct(ctx: Context, args: PrepareCheckoutInput) -> Payload:
    """Take the corrections that are named. They are for the addresses as they are, so they come first."""
    done = Payload()
    for kind, choice in ((AddressKind.BILLING, args.billing), (AddressKind.SHIPPING, args.shipping)):
        if choice is None or choice.suggestion_id is None:
            continue
        done = await cart_edits.write(
            ctx,
            partial(_apply_suggestion, ctx, kind, choice.suggestion_id),
            path=("input", kind.value.lower(), "suggestionId"),
        )
        if done.errors:
            break
    return done


async def _apply_suggestion(ctx: Context, kind: AddressKind, suggestion_id: str) -> Cart:
    return await ctx.as_shopper(lambda upstream, token: upstream.cart.apply_suggestion(token, kind, suggestion_id))


async def _change(ctx: Context, args: PrepareCheckoutInput) -> CartChange | None:
    """What to send for the parts that are there; None when none is. Refuses what the site does not serve."""
    if args.organization_id is not None and len(args.organization_id) > LONGEST_ORGANIZATION:
        raise Refused(invalid(("input", "organizationId"), f"At most {LONGEST_ORGANIZATION} characters."))
    billing = await _in_full(ctx, args.billing, AddressKind.BILLING)
    shipping = await _in_full(ctx, args.shipping, AddressKind.SHIPPING)
    if args.billing is not None and args.billing.same_as is not None:
        billing = shipping or await _present_address(ctx, AddressKind.SHIPPING, ("input", "billing", "sameAs"))
    if args.shipping is not None and args.shipping.same_as is not None:
        shipping = billing or await _present_address(ctx, AddressKind.BILLING, ("input", "shipping", "sameAs"))
    _check_served(ctx.settings.billing_countries, billing, _country_path(args.billing, "billing"))
    _check_served(ctx.settings.shipping_countries, shipping, _country_path(args.shipping, "shipping"))
    given = (billing, shipping, args.organization_id, args.terms_of_sale_accepted)
    if all(part is None for part in given):
        return None
    return CartChange(
        billing_address=billing,
        shipping_address=shipping,
        organization_id=args.organization_id,
        terms_of_sale_accepted=args.terms_of_sale_accepted,
        ip_address=ctx.caller.address,
    )


async def _in_full(ctx: Context, choice: AddressChoice | None, kind: AddressKind) -> Address | None:
    if choice is None:
        return None
    path = ("input", kind.value.lower())
    if choice.same_as is kind:
        raise Refused(invalid((*path, "sameAs"), "An address cannot be the same as itself."))
    if choice.saved_address_id is not None:
        return await account.book_address(ctx, choice.saved_address_id, (*path, "savedAddressId"))
    return account.full_address(choice.address, (*path, "address")) if choice.address is not None else None


def _country_path(choice: AddressChoice | None, part: str) -> Path:
    if choice is not None and choice.saved_address_id is not None:
        return ("input", part, "savedAddressId")
    return ("input", part, "address", "countryCode")


async def _present_address(ctx: Context, kind: AddressKind, path: Path) -> Address:
    cart = await cart_edits.present(ctx)
    found = cart.billing_address if kind is AddressKind.BILLING else cart.shipping_address
    if found is None:
        message = f"The cart has no {kind.value.lower()} address to take over. Give the address in full."
        raise Refused(InputError(code=ErrorCode.MISSING_INPUT, message=message, path=path))
    return found.address


def _check_served(served: tuple[str, ...], address: Address | None, path: Path) -> None:
    country = address.country_code if address is not None else None
    if not guard.serves(served, country):
        message = f"The site does not serve {country}. Storefront tells the countries it serves."
        raise Refused(DestinationError(code=ErrorCode.COUNTRY_NOT_SERVED, message=message, path=path))


def _first_part(args: PrepareCheckoutInput) -> Path:
    """The part that a refusal of the common call is told at."""
    parts = {
        "billing": args.billing,
        "shipping": args.shipping,
        "organizationId": args.organization_id,
        "termsOfSaleAccepted": args.terms_of_sale_accepted,
    }
    return ("input", next(name for name, part in parts.items() if part is not None))


async def _select(ctx: Context, choice: ShippingOptionChoice, path: Path) -> Payload:
    try:
        cart = await cart_edits.present(ctx)
    except Refused as refused:
        return Payload(errors=refused.errors)
    if choice.rule is not None and not cart.requires_shipping:
        return Payload()
    option = _chosen(cart, choice)
    if option is None:
        unavailable = DestinationError(
            code=ErrorCode.SHIPPING_OPTION_UNAVAILABLE,
            message="The shipping option is not offered for this cart and address. Choose one of Cart.shippingOptions.",
            path=path,
        )
        return Payload(errors=[unavailable])
    if option.is_selected:
        return Payload()
    return await cart_edits.write(
        ctx,
        lambda: ctx.as_shopper(lambda upstream, token: upstream.cart.apply_shipping_option(token, option.id)),
        path=path,
    )


def _chosen(cart: Cart, choice: ShippingOptionChoice) -> ShippingOption | None:
    offered = cart.shipping_options
    if choice.id is not None:
        return next((option for option in offered if option.id == choice.id), None)
    if choice.rule is ShippingOptionRule.KEEP_OR_CHEAPEST:
        selected = next((option for option in offered if option.is_selected), None)
        if selected is not None:
            return selected
    return min(offered, key=_price, default=None)


def _price(option: ShippingOption) -> Decimal:
    return option.cost_with_discount.amount
