"""Changes the locale or currency of the session and its cart."""

from functools import partial

from gateway.operation.context import Context
from gateway.refusals.user_errors import invalid
from gateway.sessions.record import SessionRecord
from gateway.upstream.payment import waits_for_shopper
from resolvers import cart_edits
from resolvers.inputs.session import UpdateSessionInput
from resolvers.payloads import Payload
from resolvers.sessions import market_problem


async def update_session(ctx: Context, args: UpdateSessionInput) -> Payload:
    problem = market_problem(ctx, args)
    if problem is not None:
        return Payload(errors=[problem])
    session = await ctx.own_session()
    locale = args.locale or session.locale
    currency_code = args.currency_code or (
        ctx.settings.currencies_by_locale[locale] if args.locale else session.currency_code
    )
    path = ("input", "currencyCode" if args.currency_code else "locale")

    def record_market(record: SessionRecord) -> None:
        record.locale, record.currency_code = locale, currency_code

    async def set_market() -> Payload:
        # The cart is checked before the call. If a source is attached, Digital River may change a part of the cart
        # before it refuses the new currency.
        if currency_code != session.currency_code:
            cart = await cart_edits.current_cart(ctx)
            if waits_for_shopper(cart.payment_session):
                return Payload(errors=[cart_edits.cart_waits(path)])
            if cart.secondary_source is not None:
                message = "The cart has store credit in another currency. Call `removeStoreCredit` first."
                return Payload(errors=[invalid(path, message)])
        call = partial(ctx.as_shopper, lambda upstream, token: upstream.tokens.set_market(token, locale, currency_code))
        payload = await cart_edits.send(ctx, call, path=path)
        if not payload.errors:
            await ctx.services.sessions.change(session, record_market)
        return payload

    return await cart_edits.edit(ctx, None, set_market)
