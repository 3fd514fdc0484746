"""Reads the body of a new or changed payment source. Each function raises a `Refusal` of the payment service."""

from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from sandbox.demo_shop.payment_methods import CURRENCIES, Method, method_of
from sandbox.model.cart import Cart
from sandbox.wire.body import Body
from sandbox.wire.money import ZERO, rounded
from sandbox.wire.refusal import bad_parameter, missing_parameter

LARGEST_AMOUNT = Decimal(10) ** 12


class Price(NamedTuple):
    amount: Decimal
    currency: str


def read_method(sent: Body) -> Method:
    source_type = sent.string("type")
    if source_type is None:
        raise missing_parameter("type")
    method = method_of(source_type)
    if method is None:
        description = f"'{source_type}' is not a valid type. The sandbox makes no such source."
        raise bad_parameter("invalid_parameter", "type", description)
    return method


def read_details(sent: Body, method: Method) -> Body:
    """Details of the source: the object in the field that is named after the type. All spellings of the type are
    accepted.
    """
    spelling = next((name for name in (method.type, *method.aliases) if name in sent), method.type)
    return sent.object(spelling)


def read_price(sent: Body, method: Method, cart: Cart | None) -> Price | None:
    """Amount and currency of the source: those of the payment session's cart, or else those in the body.

    None without a session, amount and currency, as on account pages, where shoppers save a payment method.
    """
    if cart is not None:
        price = Price(cart.totals().total, cart.currency)
    elif method.supports_storage and sent.string("amount") is None and sent.string("currency") is None:
        return None
    else:
        price = Price(read_amount(sent, allows_zero=method.supports_storage), sent.string("currency") or "")
        if not price.currency:
            raise missing_parameter("currency")
    if price.currency not in CURRENCIES or (method.currencies and price.currency not in method.currencies):
        raise bad_parameter("currency_unsupported", "currency", f"currency '{price.currency}' is not supported.")
    return Price(rounded(price.amount, price.currency), price.currency)


def read_amount(sent: Body, *, allows_zero: bool = False) -> Decimal:
    value = sent.string("amount")
    if value is None:
        raise missing_parameter("amount")
    try:
        amount = Decimal(value)
    except InvalidOperation:
        amount = -Decimal(1)
    if not amount.is_finite() or not ZERO <= amount < LARGEST_AMOUNT or not (amount or allows_zero):
        raise bad_parameter("invalid_parameter", "amount", f"'{value}' is not a valid amount.")
    return amount
