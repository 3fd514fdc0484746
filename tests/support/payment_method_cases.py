"""Every documented payment method in one market of the sandbox, and the expected outcomes of purchases.

`python -m tests.support.payment_method_cases` prints `docs/payment-methods.md`.
`tests/payments/test_every_payment_method.py` tests each cell of the table through the graph.
"""

import sys
from dataclasses import dataclass, field
from typing import Any

from sandbox.demo_shop.payment_methods import TABLE, Method, Workflow
from sandbox.wire.money import CURRENCY_BY_LOCALE
from tests.support.shop import GRAPHITE, PACK

LOCALES = tuple((locale.replace("_", "-"), currency) for locale, currency in CURRENCY_BY_LOCALE.items())

RETURN = {"returnUrl": "https://shop.example/return"}
BOTH = RETURN | {"cancelUrl": "https://shop.example/cancel"}


@dataclass(frozen=True)
class PaymentMethodCase:
    """A payment method in a market. `details` are the method's own fields in the request that creates a source."""

    name: str
    country: str = "US"
    locale: str = "en-US"
    details: dict[str, Any] = field(default_factory=lambda: dict(BOTH))
    product: str = PACK
    through: str = "Drop-in"
    """What of DigitalRiver.js takes the payment."""

    @property
    def method(self) -> Method:
        return next(method for method in TABLE if method.name == self.name)

    @property
    def type(self) -> str:
        return self.method.type

    @property
    def currency(self) -> str:
        return dict(LOCALES)[self.locale]

    @property
    def workflow(self) -> Workflow:
        return self.method.workflow

    @property
    def wallet_option(self) -> str | None:
        """Option that the shopper selects on PayPal's page; None for methods without such an option."""
        return self.name if self.method.wallet_option else None

    @property
    def owner_address(self) -> dict[str, str | None]:
        state = {"US": "MN"}.get(self.country)
        return {"line1": "1 River Road", "city": "Riverton", "state": state, "postalCode": "55343"} | {
            "country": self.country
        }

    @property
    def address(self) -> dict[str, str | None]:
        """Address fields that differ from `tests.support.shop.ADDRESS`."""
        if self.country == "US":
            return {}
        return {"countryCode": self.country, "countrySubdivision": None, "postalCode": "10115", "city": "Riverton"}


CARD = {"number": "4444222233331111", "expirationMonth": 10, "expirationYear": 2035, "cvv": "123"}
AMAZON = BOTH | {"resultReturnUrl": "https://shop.example/result", "placement": "Cart", "checkoutLanguage": "en_US"}
CPF = "12345678909"

PAYMENT_METHOD_CASES = [
    PaymentMethodCase("Afterpay"),
    PaymentMethodCase("Alipay (domestic)", details=RETURN),
    PaymentMethodCase("Alipay+ (cross-border)", "CN", "zh-CN", RETURN),
    PaymentMethodCase("Amazon Pay", details=AMAZON, through="element `amazonpay`"),
    PaymentMethodCase("Apple Pay", details={}),
    PaymentMethodCase("Bancontact", "BE", "de-DE", RETURN),
    PaymentMethodCase("BLIK", "PL", "pl-PL"),
    PaymentMethodCase("Boleto", "BR", "pt-BR", RETURN | {"nationalId": CPF}),
    PaymentMethodCase("CCAvenue", "IN", "en-IN"),
    PaymentMethodCase("Clearpay", "GB", "en-GB"),
    PaymentMethodCase("Credit Cards", details=CARD),
    PaymentMethodCase("FPX Online Banking", "MY", "ms-MY", RETURN),
    PaymentMethodCase("Google Pay", details={}),
    PaymentMethodCase("iDEAL", "NL", "de-DE", RETURN),
    PaymentMethodCase("Klarna", "DE", "de-DE"),
    PaymentMethodCase("Konbini", "JP", "ja-JP", {"storeId": "010"}),
    PaymentMethodCase("Korea Bank Transfer (Online Banking)", "KR", "ko-KR", RETURN),
    PaymentMethodCase("Online Banking (IBP)", "DE", "de-DE", BOTH | {"bankCode": "21"}),
    PaymentMethodCase("PayCo", "KR", "ko-KR", RETURN),
    PaymentMethodCase("PayPal"),
    PaymentMethodCase("PayPal Billing Agreement"),
    PaymentMethodCase("PayPal Credit"),
    PaymentMethodCase("PayPal Pay in 3", "GB", "en-GB"),
    PaymentMethodCase("PayPal Pay in 4"),
    PaymentMethodCase("PayPal RatenZahlung (Installment Payment)", "DE", "de-DE", product=GRAPHITE),
    PaymentMethodCase("SEPA Direct Debit", "AT", "de-DE", RETURN),
    PaymentMethodCase("Trustly", "FI", "de-DE", RETURN),
    PaymentMethodCase("Wire Transfer", details={}),
]

SCENARIOS = ("bought", "abandoned", "rejected", "later", "resumed")

OUTCOMES: dict[Workflow, dict[str, str]] = {
    "standard": {
        "bought": "placed",
        "abandoned": "blocked: no source that can be charged",
        "rejected": "declined; placed with another source",
    },
    "redirect-then-submit": {
        "bought": "approved, attached, placed",
        "abandoned": "not chargeable; placed with another source",
        "rejected": "not chargeable; placed with another source",
        "later": "not chargeable until approved; placed",
    },
    "submit-then-redirect": {
        "bought": "action required, approved, placed",
        "abandoned": "action required, the same page; placed once approved",
        "rejected": "declined; placed with another source",
        "later": "action required until approved; placed",
        "resumed": "placed, although the shopper did not come back",
    },
    "delayed": {
        "bought": "awaiting payment with instructions; submitted once the money is there",
        "abandoned": "awaiting payment; cancelled after 30 days",
        "rejected": "not chargeable; placed with another source",
    },
}
"""Expected outcome of a purchase, by payment workflow and by scenario, such as `abandoned`."""

SEQUENCES: dict[Workflow, str] = {
    "standard": "SUBMIT",
    "redirect-then-submit": "REDIRECT_THEN_SUBMIT",
    "submit-then-redirect": "SUBMIT_THEN_REDIRECT",
    "delayed": "SUBMIT_THEN_WAIT",
}
"""Expected `PaymentMethod.sequence` of payment methods, by workflow."""

MONEY_LATER = "; its charge is pending for three days"


def cell(case: PaymentMethodCase, scenario: str) -> str:
    outcome = OUTCOMES[case.workflow].get(scenario, "–")
    return outcome + MONEY_LATER if case.type == "directDebit" and scenario == "bought" else outcome


INTRODUCTION = """\
# Payment methods

Each of Digital River's documented payment methods in a market of the sandbox, and what the graph returns. \
`make schema` writes this page, and the tests play every cell through the graph.

- **in the browser**: whether Drop-in or an element of DigitalRiver.js takes the payment. A test in Chromium pays with \
each of them in the sandbox.

- **bought**: nothing goes wrong. **abandoned**: the shopper leaves the provider's page or the bank's challenge, or \
never sends the money. **rejected**: the provider, the bank or Digital River rejects the payment.
- **later**: the shopper approves an hour after returning to the storefront. **resumed**: the shopper approves and \
never returns.
- Pay in 3, Pay in 4 and RatenZahlung are chosen on PayPal's page and have no type of their own.
"""


def page() -> str:
    head = ["method", "type", "market", "in the browser", "sequence", *SCENARIOS]
    lines = [INTRODUCTION, f"| {' | '.join(head)} |", "|" + "---|" * len(head)]
    for case in PAYMENT_METHOD_CASES:
        market, sequence = f"{case.country}, {case.currency}", f"`{SEQUENCES[case.workflow]}`"
        row = [case.name, f"`{case.type}`", market, case.through, sequence]
        lines.append(f"| {' | '.join([*row, *(cell(case, scenario) for scenario in SCENARIOS)])} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(page())
