"""Names, flows and capabilities of the payment methods that the gateway knows.

Digital River has two lists of payment methods. The list of the payment service has most of these data. The cart's list
has only types and names, with a separate type for each card brand. The gateway adds the missing data to the cart's
list.
"""

from dataclasses import dataclass

from gateway.enums import PaymentFlow, PaymentSequence
from gateway.upstream.payment import CartListedMethod, ListedPaymentMethod, PaymentMethodList

STANDARD, REDIRECT, RECEIVER = PaymentFlow.STANDARD, PaymentFlow.REDIRECT, PaymentFlow.RECEIVER


@dataclass(frozen=True)
class KnownMethod:
    """Properties of a payment method.

    `recurs` is True if the method can pay for renewals. `starts_free` is True if the method can start a free trial.
    """

    name: str
    flow: PaymentFlow
    recurs: bool = False
    starts_free: bool = False


KNOWN_METHODS = {
    "afterPay": KnownMethod("Afterpay", REDIRECT),
    "alipay": KnownMethod("Alipay", REDIRECT),
    "alipayCn": KnownMethod("Alipay+", REDIRECT, recurs=True),
    "amazonPay": KnownMethod("Amazon Pay", REDIRECT, recurs=True),
    "applePay": KnownMethod("Apple Pay", STANDARD),
    "bancontact": KnownMethod("Bancontact", REDIRECT),
    "bankTransfer": KnownMethod("Bank transfer", REDIRECT),
    "blik": KnownMethod("BLIK", REDIRECT),
    "boletoBancario": KnownMethod("Boleto Bancário", RECEIVER),
    "ccavenue": KnownMethod("CCAvenue", REDIRECT),
    "clearPay": KnownMethod("Clearpay", REDIRECT),
    "creditCard": KnownMethod("Credit card", STANDARD, recurs=True, starts_free=True),
    "directDebit": KnownMethod("Direct debit", REDIRECT, recurs=True),
    "fpxOnlineBanking": KnownMethod("FPX", REDIRECT),
    "googlePay": KnownMethod("Google Pay", STANDARD, recurs=True, starts_free=True),
    "ideal": KnownMethod("iDEAL", REDIRECT, recurs=True),
    "klarnaCredit": KnownMethod("Klarna", REDIRECT),
    "klarnaCreditRecurring": KnownMethod("Klarna", REDIRECT, recurs=True),
    "konbini": KnownMethod("Konbini", RECEIVER),
    "msts": KnownMethod("TreviPay", REDIRECT, recurs=True),
    "onlineBanking": KnownMethod("Online banking", REDIRECT),
    "payPal": KnownMethod("PayPal", REDIRECT),
    "payPalBilling": KnownMethod("PayPal Billing Agreement", REDIRECT, recurs=True, starts_free=True),
    "payPalCredit": KnownMethod("PayPal Credit", REDIRECT),
    "payco": KnownMethod("PAYCO", REDIRECT),
    "trustly": KnownMethod("Trustly", REDIRECT),
    "wireTransfer": KnownMethod("Wire transfer", RECEIVER),
}

CARD = "creditCard"
BRANDS = frozenset({"americanExpress", "dinersClub", "discover", "jcb", "maestro", "masterCard", "unionPay", "visa"})
"""Types in the cart's list that belong to the payment method creditCard."""

SPELLINGS = {"googlepay": "googlePay", "ccAvenue": "ccavenue"} | dict.fromkeys(BRANDS, CARD)

REDIRECT_THEN_SUBMIT = frozenset(
    {"payPal", "payPalBilling", "payPalCredit", "payPalPayIn3", "payPalPayIn4", "payPalRatenZahlung"}
)
"""Redirect methods that the shopper approves before the source is attached.

The shopper approves all other redirect methods after the submission.
"""

NEEDS_ORGANIZATION = frozenset({"msts"})
NEEDS_TAX_IDENTIFIER = frozenset({"boletoBancario"})


def name_of(method: ListedPaymentMethod) -> str:
    known = KNOWN_METHODS.get(method.type)
    return method.display_name or (known.name if known else method.type)


def sequence_of(method: ListedPaymentMethod) -> PaymentSequence:
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
    """The cart's list in the format of the payment service.

    All card brands become one payment method. The order of the list is kept.
    """
    methods: dict[str, ListedPaymentMethod] = {}
    for entry in listed:
        method = _completed(entry)
        methods.setdefault(method.type, method)
    return PaymentMethodList(payment_methods=list(methods.values()))


def _completed(entry: CartListedMethod) -> ListedPaymentMethod:
    method_type = SPELLINGS.get(entry.type, entry.type)
    known = KNOWN_METHODS.get(method_type)
    if known is None:
        return ListedPaymentMethod(type=method_type, display_name=entry.display_name)
    return ListedPaymentMethod(
        type=method_type,
        # All card brands become one payment method, for which the name of one brand would be wrong.
        display_name=known.name if entry.type in BRANDS else entry.display_name,
        flow=known.flow,
        supports_recurring=known.recurs,
        supports_free_trial=known.starts_free,
    )
