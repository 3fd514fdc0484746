"""Coupons and offers of the cart."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from gateway.amounts.money import Money
from gateway.enums import SessionLevel, WarningCode
from gateway.errors import RateLimited, UpstreamError
from gateway.operation.context import Context
from gateway.operation.shared_reads import read_once
from gateway.refusals.user_errors import Path, rate_limited
from gateway.refusals.warnings import MutationWarning
from gateway.sessions.record import CheckoutMemory
from gateway.sessions.sessions import Session
from gateway.store.client import client_key
from gateway.upstream.cart import Cart
from gateway.upstream.changes import CartChange
from gateway.upstream.ids import upstream_id
from gateway.upstream.offers import Offer
from resolvers import cart_edits
from resolvers.inputs.cart import ApplyOfferInput, OfferChoice, RemoveOfferInput
from resolvers.payloads import Payload

ALREADY_REDEEMED = MutationWarning(
    WarningCode.COUPON_WITHOUT_EFFECT, "The cart has this coupon already. Nothing was sent to Digital River."
)

NO_EFFECT = MutationWarning(
    WarningCode.COUPON_WITHOUT_EFFECT,
    "Digital River accepts the coupon, and no offer of the cart has changed: the coupon was in effect before, or "
    "another offer of the cart is better.",
)

OFFER_REPLACED = (
    WarningCode.OFFER_REPLACED,
    "Another offer has replaced the offer with the id `targetId`. Read `cart.appliedOffers`.",
)


@dataclass(frozen=True)
class AppliedOffer:
    offer: Offer
    coupon_code: str | None
    discount: Money | None
    line_id: str | None = None


async def applied_offers(parent: Cart, ctx: Context) -> list[AppliedOffer]:
    memory = (await ctx.own_session()).record.checkout_memory
    offers = await _offers_of_cart(ctx)
    codes = _coupon_codes(offers, memory)
    return [
        AppliedOffer(offer, codes.get(offer.upstream_id), offer.discount, _line_of(offer, parent)) for offer in offers
    ]


def _offers_of_cart(ctx: Context) -> "asyncio.Future[list[Offer]]":
    return read_once(
        ctx.operation.cart_reads,
        "applied offers",
        lambda: ctx.as_shopper(lambda upstream, token: upstream.cart.applied_offers(token)),
    )


def _coupon_codes(offers: list[Offer], memory: CheckoutMemory) -> dict[str, str]:
    """Coupon codes by upstream id of the offer. Digital River does not report which code applied an offer.

    The code of an offer is known if the offer came with the code, or if only one code and one such offer remain.
    """
    noted = memory.coupons_by_offer
    with_coupon = [offer.upstream_id for offer in offers if _needs_coupon(offer, memory)]
    known = {offer_id: noted[offer_id] for offer_id in with_coupon if offer_id in noted}
    others = [offer_id for offer_id in with_coupon if offer_id not in noted]
    codes = [code for code in memory.coupons if code not in noted.values()]
    return known | (dict(zip(others, codes, strict=True)) if len(others) == len(codes) == 1 else {})


def _certain_codes(offers: list[Offer], session: Session) -> dict[str, str]:
    """Like `_coupon_codes`, but without guesses for a cart to which another device may have applied a coupon."""
    memory = session.record.checkout_memory
    if session.level is SessionLevel.ANONYMOUS:
        return _coupon_codes(offers, memory)
    ids = {offer.upstream_id for offer in offers}
    return {offer_id: code for offer_id, code in memory.coupons_by_offer.items() if offer_id in ids}


def _line_of(offer: Offer, cart: Cart) -> str | None:
    """The id of the line that was added for the offer; None unless there is exactly one such line."""
    line_ids = [line.id for line in cart.lines if line.was_added_for(offer)]
    return line_ids[0] if len(line_ids) == 1 else None


def _needs_coupon(offer: Offer, memory: CheckoutMemory) -> bool:
    trigger = (offer.trigger or "").lower()
    is_user_triggered = "coupon" in trigger or trigger == "user triggered"
    return is_user_triggered and offer.upstream_id not in memory.offers


async def apply_offer(ctx: Context, args: ApplyOfferInput) -> Payload:
    return await cart_edits.edit(ctx, args.if_revision, lambda: redeem(ctx, args.offer, ("input", "offer")))


async def redeem(ctx: Context, choice: OfferChoice, path: Path) -> Payload:
    """Apply a coupon or an offer. The caller must hold the lock of the cart."""
    name = "couponCode" if choice.coupon_code is not None else "offerId"
    code = choice.coupon_code
    offer_id = upstream_id("Offer", choice.offer_id) if choice.offer_id is not None else None
    before = await _offers_at_stake(ctx)
    session = await ctx.own_session()
    if code is not None and code.casefold() in map(str.casefold, _certain_codes(before or [], session).values()):
        return Payload(warnings=[ALREADY_REDEEMED])
    try:
        if code is not None:
            address = client_key(ctx.caller.nearest_address)
            await ctx.services.rate_limits.count("coupon", f"session:{session.id}", address)
    except RateLimited as limited:
        return Payload(errors=[rate_limited(limited, (*path, name), ctx.services.now())])
    change = CartChange(coupon_code=code, order_offer_id=offer_id)

    async def apply() -> Cart:
        return await ctx.as_shopper(lambda upstream, token: upstream.cart.update_cart(token, change))

    payload = await cart_edits.send(ctx, apply, path=(*path, name))
    if payload.errors:
        return payload
    after = None if before is None else await _offers_at_stake(ctx)
    await ctx.services.sessions.update_checkout_memory(session, _note(change, session, before or [], after or []))
    if before is None or after is None:
        return payload
    warnings = _warnings(before, after, was_accepted=code is not None and not payload.warnings)
    return Payload(warnings=[*payload.warnings, *warnings])


async def _offers_at_stake(ctx: Context) -> list[Offer] | None:
    """The offers of the cart that another one could replace; None if they cannot be read now, or need not be read.

    The cart of a guest who has applied none has only automatic offers.
    """
    session = await ctx.own_session()
    memory = session.record.checkout_memory
    if session.level is SessionLevel.ANONYMOUS and not (memory.coupons or memory.offers):
        return None
    try:
        return await _offers_of_cart(ctx)
    except UpstreamError:
        return None  # A missing warning does not prevent the change.


def _warnings(before: list[Offer], after: list[Offer], *, was_accepted: bool) -> Iterator[MutationWarning]:
    """Warnings about the offers of the cart. `was_accepted`: whether Digital River accepted a coupon without a
    warning."""
    ids_before, ids_after = ({offer.upstream_id for offer in offers} for offers in (before, after))
    for offer in before:
        if offer.upstream_id not in ids_after:
            yield MutationWarning(*OFFER_REPLACED, offer.id)
    if was_accepted and ids_after <= ids_before:
        yield NO_EFFECT


def _note(
    change: CartChange, session: Session, before: list[Offer], after: list[Offer]
) -> Callable[[CheckoutMemory], None]:
    """Function that notes which coupon code or offer id applied an offer, because Digital River does not report it."""
    earlier, code, offer_id = _certain_codes(before, session), change.coupon_code, change.order_offer_id
    ids_before = {offer.upstream_id for offer in before}

    def note(memory: CheckoutMemory) -> None:
        memory.coupons_by_offer = memory.coupons_by_offer | earlier
        if code is not None:
            if code.casefold() not in map(str.casefold, memory.coupons):
                memory.coupons = [*memory.coupons, code]
            for offer in after:
                if _needs_coupon(offer, memory) and offer.upstream_id not in ids_before:
                    memory.coupons_by_offer[offer.upstream_id] = code
        if offer_id is not None and offer_id not in memory.offers:
            memory.offers = [*memory.offers, offer_id]

    return note


async def remove_offer(ctx: Context, args: RemoveOfferInput) -> Payload:
    path = ("input", "offerId")
    offer_id = upstream_id("Offer", args.offer_id)
    assert offer_id is not None  # noqa: S101 - the input is checked

    async def remove() -> Payload:
        call = partial(ctx.as_shopper, lambda upstream, token: upstream.cart.remove_offer(token, offer_id))
        payload = await cart_edits.send(ctx, call, path=path)
        if not payload.errors:
            await _forget(ctx, offer_id)
        return payload

    return await cart_edits.edit(ctx, args.if_revision, remove)


async def _forget(ctx: Context, offer_id: str) -> None:
    def note(memory: CheckoutMemory) -> None:
        if offer_id in memory.offers:
            memory.offers = [remembered_id for remembered_id in memory.offers if remembered_id != offer_id]
        elif offer_id in memory.coupons_by_offer:
            code = memory.coupons_by_offer.pop(offer_id)
            memory.coupons = [remembered for remembered in memory.coupons if remembered != code]
        elif len(memory.coupons) == 1:
            # Digital River does not report the coupon code of an offer. If only one code was redeemed, it is that code.
            memory.coupons = []

    await ctx.services.sessions.update_checkout_memory(await ctx.own_session(), note)
