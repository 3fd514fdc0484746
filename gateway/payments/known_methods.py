"""What is known of each way to pay: its name, its flow, and what it can do.

The payment service tells most of it with its list. The cart's own list tells types and names alone, in an
older spelling with a type for each brand of card; it is completed from here.
"""

from dataclasses import dataclass

from gateway.enums import PaymentFlow, PaymentSequence
from gateway.upstream.payment import CartListedMethod, PaymentMethodList, WirePaymentMethod

STANDARD, REDIRECT, RECEIVER = PaymentFlow.STANDARD, PaymentFlow.REDIRECT, PaymentFlow.RECEIVER


@dataclass(frozen=True)
class Known:
    """`recurs`: it can pay renewals. `starts_free`: it can start a free trial."""

    name: str
    flow: PaymentFlow
    recurs: bool = False
    starts_free: bool = False


KNOWN = {
    "afterPay": Known("Afterpay", REDIRECT),
    "alipay": Known("Alipay", REDIRECT),
    "alipayCn": Known("Alipay+", REDIRECT, recurs=True),
    "amazonPay": Known("Amazon Pay", REDIRECT, recurs=True),
    "applePay": Known("Apple Pay", STANDARD),
    "bancontact": Known("Bancontact", REDIRECT),
    "bankTransfer": Known("Bank transfer", REDIRECT),
    "blik": Known("BLIK", REDIRECT),
    "boletoBancario": Known("Boleto Bancário", RECEIVER),
    "ccavenue": Known("CCAvenue", REDIRECT),
    "clearPay": Known("Clearpay", REDIRECT),
    "creditCard": Known("Credit card", STANDARD, recurs=True, starts_free=True),
    "directDebit": Known("Direct debit", REDIRECT, recurs=True),
    "fpxOnlineBanking": Known("FPX", REDIRECT),
    "googlePay": Known("Google Pay", STANDARD, recurs=True, starts_free=True),
    "ideal": Known("iDEAL", REDIRECT, recurs=True),
    "klarnaCredit": Known("Klarna", REDIRECT),
    "klarnaCreditRecurring": Known("Klarna", REDIRECT, recurs=True),
    "konbini": Known("Konbini", RECEIVER),
    "msts": Known("TreviPay", REDIRECT, recurs=True),
    "onlineBanking": Known("Online banking", REDIRECT),
    "payPal": Known("PayPal", REDIRECT),
    "payPalBilling": Known("PayPal Billing Agreement", REDIRECT, recurs=True, starts_free=True),
    "payPalCredit": Known("PayPal Credit", REDIRECT),
    "payco": Known("PAYCO", REDIRECT),
    "trustly": Known("Trustly", REDIRECT),
    "wireTransfer": Known("Wire transfer", RECEIVER),
}

CARD = "creditCard"
BRANDS = frozenset({"americanExpress", "dinersClub", "discover", "jcb", "maestro", "masterCard", "unionPay", "visa"})
"""Types of the older list that are all one method now."""

SPELLINGS = {"googlepay": "googlePay", "ccAvenue": "ccavenue"} | dict.fromkeys(BRANDS, CARD)

REDIRECT_THEN_SUBMIT = frozenset(
    {"payPal", "payPalBilling", "payPalCredit", "payPalPayIn3", "payPalPayIn4", "payPalRatenZahlung"}
)
"""Approved before they are attached; every other redirect method is approved after the submission."""

NEEDS_ORGANIZATION = frozenset({"msts"})
NEEDS_TAX_IDENTIFIER = frozenset({"boletoBancario"})


def name_of(method: WirePaymentMethod) -> str:
    known = KNOWN.get(method.type)
    return method.wire_name or (known.name if known else method.type)


def sequence_of(method: WirePaymentMethod) -> PaymentSequence:
    match method.flow:
        case PaymentFlow.STANDARD:
            return PaymentSequence.SUBMIT
        case PaymentFlow.RECEIVER:
            return PaymentSequence.SUBMIT_THEN_WAIT
        case PaymentFlow.REDIRECT if method.type in REDIRECT_THEN_SUBMIT:
            return PaymentSequence.REDIRECT_THEN_SUBMIT
        case PaymentFlow.REDIRECT:
            return PaymentSequence.SUBMIT_THEN_REDIRECT
        case _:
            return PaymentSequence.UNKNOWN


def completed(listed: list[CartListedMethod]) -> PaymentMethodList:
    """The cart's own list as the payment service would have told it, each method once, in the same order."""
    found: dict[str, WirePaymentMethod] = {}
    for one in listed:
        method = _completed(one)
        found.setdefault(method.type, method)
    return PaymentMethodList(payment_methods=list(found.values()))


def _completed(one: CartListedMethod) -> WirePaymentMethod:
    type = SPELLINGS.get(one.type, one.type)
    known = KNOWN.get(type)
    if known is None:
        return WirePaymentMethod(type=type, wire_name=one.display_name)
    return WirePaymentMethod(
        type=type,
        # A brand's name is not the name of all cards.
        wire_name=known.name if one.type in BRANDS else one.display_name,
        flow=known.flow,
        supports_recurring=known.recurs,
        supports_free_trial=known.starts_free,
    )
