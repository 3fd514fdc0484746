"""Adopts an order that waits for the shopper although its record is lost, for example after a restart.

Only resume-cart finishes such an order, and only once. Without a record, the shopper could neither finish the order nor
buy anything else with the account.
"""

import logging
from uuid import UUID, uuid4

from gateway.operation.context import Context
from gateway.orders.attempts import UNKNOWN_FINGERPRINT, Located, SubmissionKeyTaken
from gateway.sessions.sessions import Session
from gateway.submission.attempt import Attempt
from gateway.submission.results import waiting_to_be_resumed
from gateway.upstream.cart import Cart
from gateway.upstream.payment import waits_for_shopper

log = logging.getLogger(__name__)


async def adopted(ctx: Context, session: Session, cart: Cart, key: UUID | None = None) -> Located | None:
    """Create the attempt of a cart that waits for the shopper, with both locks.

    Return the attempt, or the other attempt that has just locked the cart or finished the order.

    `key`: the key under which the client knows the order. If it is None or another owner's, the attempt gets a new key.
    """
    attempt = Attempt(ctx, session, key or uuid4())
    try:
        async with attempt.sending():
            if not await attempt.reserve(UNKNOWN_FINGERPRINT):
                return await ctx.services.attempts.find(session, attempt.key)
            if await attempt.lock_carts_of_owner() is not None or await attempt.lock_cart(cart) is not None:
                await attempt.forget()
                lock = ctx.services.submission_lock
                return await lock.open_attempt(session) or await lock.open_attempt_of(cart)
            ctx.forget_cart()
            if not waits_for_shopper((await ctx.cart()).payment_session):
                # Another request has finished the order since this one read the cart.
                await attempt.forget()
                return await ctx.services.attempts.of_cart(cart)
            await ctx.services.sessions.retain_for_submission(session, str(attempt.key))
            await attempt.adopt(cart, waiting_to_be_resumed())
    except SubmissionKeyTaken:
        return await adopted(ctx, session, cart)
    log.warning("order without a record adopted", extra={"key": str(attempt.key)})
    return Located(attempt.store_key, attempt.record)
