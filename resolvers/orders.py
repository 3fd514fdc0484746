"""Orders past: an account's, those a session placed, and those somebody can prove to know."""

from collections.abc import Sequence
from datetime import UTC, datetime

from gateway.enums import ErrorCode, OrderState, SessionLevel
from gateway.errors import BadUserInput, RateLimited, UpstreamError, UpstreamRefusal
from gateway.operation.context import Context
from gateway.payments.payment_session import RedirectShopperAction
from gateway.refusals.user_errors import MESSAGES, AccessError, NotFoundError, cause_of, not_found, too_many
from gateway.sessions.record import CheckoutMemory
from gateway.upstream.ids import upstream_id
from gateway.upstream.order import Order, Proof
from resolvers import sessions
from resolvers.inputs.orders import LookupOrderInput, OrderLookupBy
from resolvers.pagination import Connection, Page, Window, connection
from resolvers.payloads import LookupOrderPayload

LARGEST_PAGE = 50

MOST_UNLOCKED = 20
"""Orders a session keeps unlocked; the oldest is forgotten first."""


async def order(ctx: Context, global_id: str) -> Order | None:
    """An order of the account, of this session, or one it has looked up. One of somebody else is none."""
    order_id = upstream_id("Order", global_id)
    return await find(ctx, order_id) if order_id else None


async def find(ctx: Context, order_id: str) -> Order | None:
    """An order by its upstream id, as far as this session may read it. A guest's other ids cost no call."""
    return await ctx.once(f"order {order_id}", lambda: _find(ctx, order_id))


async def _find(ctx: Context, order_id: str) -> Order | None:
    session = await ctx.own_session()
    memory = session.record.checkout_memory
    if proof := memory.unlocked.get(order_id):
        return next((one for one in await _looked_up(ctx, proof) if one.number == order_id), None)
    if order_id in memory.order_ids or session.reaches(SessionLevel.REGISTERED):
        return await ctx.order(order_id)
    return None


async def of_account(
    parent: object,
    ctx: Context,
    first: int | None = None,
    after: str | None = None,
    last: int | None = None,
    before: str | None = None,
    states: Sequence[OrderState] | None = None,
) -> Connection[Order]:
    """The signed-in shopper's orders. States this schema does not know cannot be asked for."""
    wanted = list(dict.fromkeys(states or ()))
    if OrderState.UNKNOWN in wanted:
        raise BadUserInput("UNKNOWN stands for states that have no name here; it cannot be asked for.")

    async def read(number: int, size: int, _past_cache: bool) -> Page[Order]:
        found = await ctx.as_shopper(lambda upstream, token: upstream.orders.orders(token, number, size, wanted))
        return Page(found.orders, found.total_count)

    return await connection(read, Window.of(first, after, last, before, largest=LARGEST_PAGE), at_once=True)


async def required_action(parent: Order, ctx: Context) -> RedirectShopperAction | None:
    """The page on which the shopper still has to approve the payment."""
    session = parent.payment_session
    if parent.state is not OrderState.SOURCE_PENDING_REDIRECT or session is None or not session.redirect_url:
        return None
    return RedirectShopperAction(redirect_url=session.redirect_url, resume_with="Mutation.resumeOrder")


async def look_up_order(ctx: Context, args: LookupOrderInput) -> LookupOrderPayload:
    """Find an order by what its buyer knows, and let this session read it from now on.

    Whatever was wrong, the number, the password or the card, the answer is the same.
    """
    session = await ctx.own_session()
    if args.by.card_digits is not None and not session.reaches(SessionLevel.REGISTERED):
        return LookupOrderPayload(errors=[_sign_in_first()])
    proof = _proof(args.by)
    try:
        # What is tried is the number or the address, however it is written.
        await ctx.services.rate_limits.count("look-up", proof.target, ctx.caller.rate_limit_key)
        found = await _looked_up(ctx, proof)
    except RateLimited as limited:
        return LookupOrderPayload(errors=[too_many(limited, ("input", "by"), ctx.services.now())])
    except UpstreamError as failure:
        return LookupOrderPayload(errors=[sessions.upstream_error(ctx, failure, ("input", "by"))])
    if not found:
        return LookupOrderPayload(errors=[_no_such_order()])
    # A card may have paid several; the newest is what somebody asks about.
    order = max(found, key=lambda one: one.submitted_at or datetime.max.replace(tzinfo=UTC))
    await ctx.services.sessions.update_checkout_memory(session, lambda memory: _unlock(memory, order.number, proof))
    return LookupOrderPayload(order=order)


async def _looked_up(ctx: Context, proof: Proof) -> list[Order]:
    """The orders that the proof fits; none, too, where upstream refuses it in any way but for a pause."""
    try:
        return await ctx.as_shopper(lambda upstream, token: upstream.orders.look_up_orders(token, proof))
    except UpstreamRefusal as refusal:
        if cause_of(refusal) is ErrorCode.RATE_LIMITED:
            raise
        return []


def _unlock(memory: CheckoutMemory, number: str, proof: Proof) -> None:
    known = {one: kept for one, kept in memory.unlocked.items() if one != number}
    memory.unlocked = dict([*known.items(), (number, proof)][-MOST_UNLOCKED:])


def _proof(by: OrderLookupBy) -> Proof:
    if by.order_password is not None:
        return Proof(number=by.order_password.number.strip(), password=by.order_password.password)
    assert by.card_digits is not None  # noqa: S101 - the graph takes exactly one of them
    return Proof(email=by.card_digits.email, last_four_digits=by.card_digits.last_four_digits)


def _no_such_order() -> NotFoundError:
    return not_found(("input", "by"), "No order fits what was given.")


def _sign_in_first() -> AccessError:
    return AccessError(
        code=ErrorCode.SIGN_IN_REQUIRED,
        message=MESSAGES[ErrorCode.SIGN_IN_REQUIRED],
        path=("input", "by", "cardDigits"),
        required_level=SessionLevel.REGISTERED,
    )
