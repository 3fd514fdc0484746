"""Orders of the registered shopper, and orders that the session has placed or looked up."""

from collections.abc import Sequence
from datetime import UTC, datetime

from gateway.enums import ErrorCode, OrderState, RetryAdvice, SessionLevel
from gateway.errors import BadUserInput, RateLimited, UpstreamError, UpstreamRefusal
from gateway.operation.context import Context
from gateway.payments.payment_session import RedirectShopperAction
from gateway.refusals.refusal_to_user_error import cause_of
from gateway.refusals.user_errors import NotFoundError, rate_limited
from gateway.sessions.record import CheckoutMemory
from gateway.store.rate_limits import address_key
from gateway.upstream.ids import upstream_id
from gateway.upstream.order import Order, Proof
from resolvers.failures import logged_error, sign_in_errors
from resolvers.inputs.orders import LookupOrderInput, OrderLookupBy
from resolvers.pagination import Connection, Page, Window, connection, key_of
from resolvers.payloads import LookupOrderPayload

LARGEST_PAGE = 50

MAX_LOOKED_UP_ORDERS = 20
"""Maximum number of looked-up orders that a session remembers. A further lookup makes it forget the earliest one."""

BY = ("input", "by")


async def order(ctx: Context, global_id: str) -> Order | None:
    """An order by its global id; None for an order that this session may not read."""
    order_id = upstream_id("Order", global_id)
    return await readable_order(ctx, order_id) if order_id else None


async def readable_order(ctx: Context, order_id: str) -> Order | None:
    """An order by Digital River's id; None for an order that this session may not read.

    For a guest, no call is sent if the session may not read the order.
    """
    return await ctx.once(f"order {order_id}", lambda: _readable_order(ctx, order_id))


async def _readable_order(ctx: Context, order_id: str) -> Order | None:
    session = await ctx.own_session()
    memory = session.record.checkout_memory
    if proof := memory.order_proofs.get(order_id):
        return next((order for order in await _orders_by(ctx, proof) if order.number == order_id), None)
    if order_id in memory.order_ids or session.level is SessionLevel.REGISTERED:
        return await ctx.order(order_id)
    return None


async def orders_of_shopper(
    parent: object,
    ctx: Context,
    first: int | None = None,
    after: str | None = None,
    last: int | None = None,
    before: str | None = None,
    states: Sequence[OrderState] | None = None,
) -> Connection[Order]:
    requested = list(dict.fromkeys(states or ()))
    if OrderState.UNKNOWN in requested:
        raise BadUserInput("`states` must not include UNKNOWN. Name the states to return.")

    async def read(number: int, size: int, _past_cache: bool) -> Page[Order]:
        page = await ctx.as_shopper(lambda upstream, token: upstream.orders.orders(token, number, size, requested))
        return Page(page.orders, page.total_count)

    key = key_of(ctx.services.cursor_secret, "orders", *sorted(state.name for state in requested))
    window = Window.of(first, after, last, before, key=key, largest=LARGEST_PAGE)
    return await connection(read, window, at_once=True)


async def required_action(parent: Order, ctx: Context) -> RedirectShopperAction | None:
    """The redirect to the page where the shopper has to approve the payment; None if no approval is needed."""
    session = parent.payment_session
    if parent.state is not OrderState.SOURCE_PENDING_REDIRECT or session is None or not session.redirect_url:
        return None
    return RedirectShopperAction(redirect_url=session.redirect_url, resume_with="Mutation.resumeOrder")


async def look_up_order(ctx: Context, args: LookupOrderInput) -> LookupOrderPayload:
    """Find an order, and allow this session to read it. The error does not report which part of the input is wrong."""
    session = await ctx.own_session()
    if args.by.card_digits is not None and (errors := await sign_in_errors(ctx, (*BY, "cardDigits"))):
        return LookupOrderPayload(errors=errors)
    proof = _proof(args.by)
    try:
        await ctx.services.rate_limits.count("look-up", proof.target, address_key(ctx.caller.nearest_address))
        orders = await _orders_by(ctx, proof)
    except RateLimited as limited:
        return LookupOrderPayload(errors=[rate_limited(limited, BY, ctx.services.now())])
    except UpstreamError as failure:
        return LookupOrderPayload(errors=[logged_error(ctx, failure, BY)])
    if not orders:
        return LookupOrderPayload(errors=[_no_such_order()])
    # A lookup by card digits may match several orders of the same card. Only the newest is returned.
    newest = max(orders, key=lambda order: order.submitted_at or datetime.max.replace(tzinfo=UTC))
    await ctx.services.sessions.update_checkout_memory(session, lambda memory: _unlock(memory, newest.number, proof))
    return LookupOrderPayload(order=newest)


async def _orders_by(ctx: Context, proof: Proof) -> list[Order]:
    """The orders that match `proof`; an empty list if Digital River refuses the lookup. Raises `UpstreamRefusal` if
    Digital River refuses it because of a rate limit.
    """
    try:
        return await ctx.as_shopper(lambda upstream, token: upstream.orders.look_up_orders(token, proof))
    except UpstreamRefusal as refusal:
        if cause_of(refusal) is ErrorCode.RATE_LIMITED:
            raise
        return []


def _unlock(memory: CheckoutMemory, number: str, proof: Proof) -> None:
    others = [(other, unlocked_by) for other, unlocked_by in memory.order_proofs.items() if other != number]
    memory.order_proofs = dict([*others, (number, proof)][-MAX_LOOKED_UP_ORDERS:])


def _proof(by: OrderLookupBy) -> Proof:
    if by.order_password is not None:
        return Proof(number=by.order_password.number, password=by.order_password.password)
    assert by.card_digits is not None  # noqa: S101 - the input is `@oneOf`
    return Proof(email=by.card_digits.email, last_four_digits=by.card_digits.last_four_digits)


def _no_such_order() -> NotFoundError:
    message = (
        "No order matches this input. Ask the shopper to compare it with the confirmation mail, and send it again."
    )
    return NotFoundError(code=ErrorCode.NOT_FOUND, message=message, path=BY, advice=RetryAdvice.FIX_THEN_RETRY)
