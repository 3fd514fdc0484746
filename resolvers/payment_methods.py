"""The payment methods that a cart can use."""

from msgspec.structs import replace

from gateway.operation.context import Context
from gateway.payments.method_list import AvailablePaymentMethods, PaymentMethod
from gateway.payments.payment_session import PaymentSession
from gateway.upstream.client import Upstream
from gateway.upstream.payment import CartListedMethod
from resolvers.inputs.payment import PaymentMethodFilterInput


async def available_payment_methods(
    ctx: Context, method_filter: PaymentMethodFilterInput | None = None
) -> AvailablePaymentMethods | None:
    cart, session = await ctx.cart(), await ctx.own_session()

    async def read_from_cart(upstream: Upstream) -> list[CartListedMethod]:
        return await ctx.as_shopper(lambda _, token: upstream.payments.cart_payment_methods(token))

    available = await ctx.services.method_lists.available(cart, session.locale, read_from_cart)
    if available is None or method_filter is None:
        return available
    return replace(available, methods=[method for method in available.methods if _passes(method, method_filter)])


async def session_payment_methods(
    parent: PaymentSession, ctx: Context, method_filter: PaymentMethodFilterInput | None = None
) -> AvailablePaymentMethods | None:
    return await available_payment_methods(ctx, method_filter)


def _passes(method: PaymentMethod, method_filter: PaymentMethodFilterInput) -> bool:
    return (
        method_filter.supports_recurring in (None, method.supports_recurring)
        and method_filter.supports_free_trial in (None, method.supports_free_trial)
        and method_filter.supports_store_credit in (None, method.supports_store_credit)
        and (method.is_usable or not method_filter.usable_only)
    )
