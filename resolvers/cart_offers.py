"""Coupons and offers of the cart."""

from dataclasses import dataclass
from functools import partial

from gateway.money import Money
from gateway.operation.context import Context
from gateway.refusals.user_errors import NotFoundError, Path, not_found
from gateway.sessions.record import CheckoutMemory
from gateway.upstream.cart import Cart
from gateway.upstream.changes import CartChange
from gateway.upstream.ids import upstream_id
from gateway.upstream.offers import Offer
from resolvers import cart_edits
from resolvers.inputs.cart import ApplyOfferInput, OfferChoice, RemoveOfferInput
from resolvers.payloads import Payload


@dataclass(frozen=True)
class AppliedOffer:
    offer: Offer
    coupon_code: str | None
    discount: Money | None
    line_id: str | None = None


async def applied_offers(parent: Cart, ctx: Context) -> list[AppliedOffer]:
    memory = (await ctx.own_session()).record.checkout_memory
    offers: list[Offer] = await ctx.as_shopper(lambda upstream, token: upstream.cart.applied_offers(token))
    with_coupon = [offer for offer in offers if _needs_coupon(offer, memory)]
    # Digital River does not report which coupon code applied an offer. The code is known only if there is exactly one
    # code and exactly one offer that needs a coupon.
    code = memory.coupons[0] if len(memory.coupons) == len(with_coupon) == 1 else None
    return [
        AppliedOffer(offer, code if offer in with_coupon else None, offer.discount, _line_of(offer, parent))
        for offer in offers
    ]


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
    offer_id = upstream_id("Offer", choice.offer_id) if choice.offer_id is not None else None
    if choice.coupon_code is None and offer_id is None:
        return Payload(errors=[no_offer((*path, name))])
    change = CartChange(coupon_code=choice.coupon_code, order_offer_id=offer_id)

    async def apply() -> Cart:
        return await ctx.as_shopper(lambda upstream, token: upstream.cart.update_cart(token, change))

    payload = await cart_edits.send(ctx, apply, path=(*path, name))
    if not payload.errors:
        await _remember(ctx, change)
    return payload


async def _remember(ctx: Context, change: CartChange) -> None:
    """Remember whether an offer was applied by coupon code or by offer id, because Digital River does not report it."""

    def note(memory: CheckoutMemory) -> None:
        if change.coupon_code is not None and change.coupon_code not in memory.coupons:
            memory.coupons = [*memory.coupons, change.coupon_code]
        if change.order_offer_id is not None and change.order_offer_id not in memory.offers:
            memory.offers = [*memory.offers, change.order_offer_id]

    await ctx.services.sessions.update_checkout_memory(await ctx.own_session(), note)


def no_offer(path: Path) -> NotFoundError:
    return not_found(path, "There is no offer with this id. Read `offers` or `cart.appliedOffers`.")


async def remove_offer(ctx: Context, args: RemoveOfferInput) -> Payload:
    path = ("input", "offerId")
    offer_id = upstream_id("Offer", args.offer_id)
    if offer_id is None:
        return Payload(errors=[no_offer(path)])

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
        elif len(memory.coupons) == 1:
            # Digital River does not report the coupon code of an offer. If only one code was redeemed, it is that code.
            memory.coupons = []

    await ctx.services.sessions.update_checkout_memory(await ctx.own_session(), note)
