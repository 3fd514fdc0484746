"""Coupons and offers of the open cart."""

from dataclasses import dataclass
from functools import partial

from gateway.money import Money
from gateway.operation.context import Context
from gateway.refusals.user_errors import NotFoundError, Path, not_found
from gateway.sessions.record import CheckoutMemory
from gateway.upstream.cart import Cart
from gateway.upstream.catalog import Offer
from gateway.upstream.changes import CartChange
from gateway.upstream.ids import upstream_id
from resolvers.cart_edits import in_turn, write
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
    found: list[Offer] = await ctx.as_shopper(lambda upstream, token: upstream.cart.applied_offers(token))
    with_coupon = [offer for offer in found if _takes_coupon(offer, memory)]
    # Upstream does not say which code an offer came by: told only where there is one of each.
    code = memory.coupons[0] if len(memory.coupons) == len(with_coupon) == 1 else None
    return [
        AppliedOffer(offer, code if offer in with_coupon else None, offer.discount, _line_of(offer, parent))
        for offer in found
    ]


def _line_of(offer: Offer, cart: Cart) -> str | None:
    """The one line that was added for an offer."""
    lines = [line.id for line in cart.lines if line.is_grouped_by(offer)]
    return lines[0] if len(lines) == 1 else None


def _takes_coupon(offer: Offer, memory: CheckoutMemory) -> bool:
    trigger = (offer.trigger or "").lower()
    is_asked_for = "coupon" in trigger or trigger == "user triggered"
    return is_asked_for and offer.upstream_id not in memory.offers


async def apply_offer(ctx: Context, args: ApplyOfferInput) -> Payload:
    return await in_turn(ctx, args.if_revision, lambda: redeem(ctx, args.offer, ("input", "offer")))


async def redeem(ctx: Context, offer: OfferChoice, path: Path) -> Payload:
    """One part of a change: within its turn."""
    name = "couponCode" if offer.coupon_code is not None else "offerId"
    offer_id = upstream_id("Offer", offer.offer_id) if offer.offer_id is not None else None
    if offer.coupon_code is None and offer_id is None:
        return Payload(errors=[no_offer((*path, name))])
    part = CartChange(coupon_code=offer.coupon_code, order_offer_id=offer_id)

    async def apply() -> Cart:
        return await ctx.as_shopper(lambda upstream, token: upstream.cart.update_cart(token, part))

    done = await write(ctx, apply, path=(*path, name))
    if not done.errors:
        await _remember(ctx, part)
    return done


async def _remember(ctx: Context, part: CartChange) -> None:
    """Keep what upstream does not tell of an applied offer: the code it came by, or that it came without one."""

    def note(memory: CheckoutMemory) -> None:
        if part.coupon_code is not None and part.coupon_code not in memory.coupons:
            memory.coupons = [*memory.coupons, part.coupon_code]
        if part.order_offer_id is not None and part.order_offer_id not in memory.offers:
            memory.offers = [*memory.offers, part.order_offer_id]

    await ctx.services.sessions.update_checkout_memory(await ctx.own_session(), note)


def no_offer(path: Path) -> NotFoundError:
    return not_found(path, "There is no such offer.")


async def remove_offer(ctx: Context, args: RemoveOfferInput) -> Payload:
    path = ("input", "offerId")
    offer_id = upstream_id("Offer", args.offer_id)
    if offer_id is None:
        return Payload(errors=[no_offer(path)])

    async def remove() -> Payload:
        act = partial(ctx.as_shopper, lambda upstream, token: upstream.cart.remove_offer(token, offer_id))
        done = await write(ctx, act, path=path)
        if not done.errors:
            await _forget(ctx, offer_id)
        return done

    return await in_turn(ctx, args.if_revision, remove)


async def _forget(ctx: Context, offer_id: str) -> None:
    def note(memory: CheckoutMemory) -> None:
        if offer_id in memory.offers:
            memory.offers = [one for one in memory.offers if one != offer_id]
        elif len(memory.coupons) == 1:
            # Upstream does not say which code it was; with one code there is no doubt.
            memory.coupons = []

    await ctx.services.sessions.update_checkout_memory(await ctx.own_session(), note)
