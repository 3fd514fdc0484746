"""Payment session, sources and ways to pay as Digital River tells them, with the graph's names."""

from datetime import date
from decimal import Decimal

from msgspec import field

from gateway.enums import PaymentFlow, PaymentSessionState, SourceState
from gateway.money import Money
from gateway.upstream.catalog import day
from gateway.upstream.decoding import Loose, OneOrMany, Shape, blank_is_none, convert, many

WALLETS = frozenset({"applePay", "googlePay"})

HIDDEN_DETAILS = frozenset(
    {
        "clientSecret",
        "flow",
        "reusable",
        "redirectUrl",
        "returnUrl",
        "cancelUrl",
        "referenceId",
        "expirationTime",
    }
)
"""Fields of a method's own object that are no instruction for the shopper, or that have a member of their own."""

DOCUMENTS = ("document", "printableInvoiceUrl")


class CartPaymentSession(Shape, frozen=True, kw_only=True, rename="camel"):
    """Source: paymentSession."""

    id: str
    client_secret: str | None = None
    status: str | None = None
    old_state: str | None = field(name="state", default=None)
    contributed: Money | None = field(name="amountContributed", default=None)
    remaining: Money | None = field(name="amountRemainingToBeContributed", default=None)
    redirect_url: str | None = None

    @property
    def upstream_state(self) -> str | None:
        """As upstream wrote it; both spellings of the field occur."""
        return self.status or self.old_state

    @property
    def state(self) -> PaymentSessionState:
        return PaymentSessionState(self.upstream_state)

    def __repr__(self) -> str:
        return f"CartPaymentSession({self.upstream_state})"


class InstructionDetail(Shape, frozen=True, kw_only=True):
    key: str
    value: str


class DelayedPaymentInstructions(Shape, frozen=True, kw_only=True):
    amount: Money
    reference: str | None
    pay_before: date | None
    document_url: str | None
    details: list[InstructionDetail]


class Details(Shape, frozen=True, kw_only=True, rename="camel"):
    """The object of a source that is named like its method; every value may be text."""

    brand: str | None = None
    last_four_digits: str | int | None = None
    expiration_month: int | None = None
    expiration_year: int | None = None
    funding_source: str | None = None
    flow: PaymentFlow = PaymentFlow.UNKNOWN
    reusable: bool | None = None
    redirect_url: str | None = None
    reference_id: str | None = None
    expiration_time: str | None = None


class Source(Shape, frozen=True, kw_only=True):
    """A source on a cart or order, whatever its method. Source: paymentMethod."""

    source_id: str
    type: str
    state: SourceState
    amount_contributed: Money | None
    is_reusable: bool
    flow: PaymentFlow
    source_client_secret: str | None = None
    redirect_url: str | None = None
    brand: str | None = None
    last_four_digits: str | None = None
    expiry_month: int | None = None
    expiry_year: int | None = None
    funding_source: str | None = None
    instructions: DelayedPaymentInstructions | None = None

    @property
    def typename(self) -> str:
        if self.type == "creditCard":
            return "CardSource"
        if self.type == "customerCredit":
            return "StoreCreditSource"
        if self.type in WALLETS:
            return "WalletSource"
        by_flow = {PaymentFlow.REDIRECT: "RedirectSource", PaymentFlow.RECEIVER: "TransferSource"}
        return by_flow.get(self.flow, "OtherSource")

    def __repr__(self) -> str:
        return f"Source({self.type}, {self.state.name})"


class WireSource(Shape, frozen=True, kw_only=True, rename="camel"):
    type: str | None = None
    source_id: str | None = None
    source_client_secret: str | None = None
    state: SourceState | None = None
    amount_contributed: Money | None = None
    supplementary: list[Loose] | None = field(name="supplementaryPaymentMethods", default=None)


class LegacyPayment(Shape, frozen=True, kw_only=True, rename="camel"):
    """The summary that orders from before payment sources have instead of one. Source: payment."""

    payment_method_name: str | None = None
    displayable_number: str | None = None
    expiration_month: int | None = None
    expiration_year: int | None = None
    payment_amount: Money | None = None

    @property
    def source(self) -> Source | None:
        """A source without an identifier, since there was none."""
        if self.payment_method_name is None:
            return None
        is_card = self.displayable_number is not None
        return Source(
            source_id="",
            type="creditCard" if is_card else self.payment_method_name,
            state=SourceState.CONSUMED,
            amount_contributed=self.payment_amount,
            is_reusable=False,
            flow=PaymentFlow.STANDARD if is_card else PaymentFlow.UNKNOWN,
            brand=self.payment_method_name if is_card else None,
            last_four_digits=self.displayable_number[-4:] if self.displayable_number else None,
            expiry_month=self.expiration_month,
            expiry_year=self.expiration_year,
        )


def sources(found: Loose | None, total: Money) -> list[Source]:
    """The attached sources, the primary first."""
    if not found:
        return []
    extras = convert(found, WireSource).supplementary or []
    read = [source(one, total) for one in (found, *extras)]
    return [one for one in read if one is not None]


def source(found: Loose, total: Money | None) -> Source | None:
    """One source; None for an object without one, which upstream also sends."""
    common = convert(found, WireSource)
    if common.source_id is None or common.type is None:
        return None
    # What belongs to the method is in an object of the method's name.
    own = found.get(common.type)
    own = own if isinstance(own, dict) else {}
    details = convert(own, Details)
    return Source(
        source_id=common.source_id,
        type=common.type,
        state=common.state or SourceState.CHARGEABLE,
        amount_contributed=common.amount_contributed,
        is_reusable=details.reusable is True,
        flow=details.flow,
        source_client_secret=common.source_client_secret or _text(own.get("clientSecret")),
        redirect_url=blank_is_none(details.redirect_url),
        brand=details.brand,
        last_four_digits=_text(details.last_four_digits),
        expiry_month=details.expiration_month,
        expiry_year=details.expiration_year,
        funding_source=details.funding_source,
        instructions=_instructions(own, details, common.amount_contributed or total),
    )


def _instructions(own: dict[str, object], details: Details, amount: Money | None) -> DelayedPaymentInstructions | None:
    if details.flow is not PaymentFlow.RECEIVER or amount is None:
        return None
    shown = {name: _text(value) for name, value in own.items() if name not in HIDDEN_DETAILS}
    return DelayedPaymentInstructions(
        amount=amount,
        reference=details.reference_id,
        pay_before=day(details.expiration_time),
        document_url=next((shown[name] for name in DOCUMENTS if shown.get(name)), None),
        details=[
            InstructionDetail(key=name, value=value) for name, value in shown.items() if value and name not in DOCUMENTS
        ],
    )


def _text(value: object) -> str | None:
    return str(value) if isinstance(value, str | int | Decimal) and value != "" else None


class InstallmentTerm(Shape, frozen=True, kw_only=True):
    id: str
    name: str
    duration_months: int
    monthly_payment: Money
    total_repayable: Money
    effective_annual_rate: Decimal


class WireTerm(Shape, frozen=True, kw_only=True, rename="camel"):
    id: str | int = ""
    name: str | None = None
    duration_months: int | None = None
    monthly_payment_with_fees_amount: Decimal | None = None
    monthly_payment_amount: Decimal | None = None
    total_repayable: Decimal | None = None
    effective_apr: Decimal | None = None

    def term(self, currency_code: str) -> InstallmentTerm | None:
        monthly = self.monthly_payment_with_fees_amount or self.monthly_payment_amount
        if monthly is None or self.total_repayable is None or self.duration_months is None:
            return None
        return InstallmentTerm(
            id=str(self.id),
            name=self.name or "",
            duration_months=self.duration_months,
            monthly_payment=Money(monthly, currency_code),
            total_repayable=Money(self.total_repayable, currency_code),
            effective_annual_rate=self.effective_apr or Decimal(0),
        )


class Images(Shape, frozen=True, kw_only=True, rename="camel"):
    icon_image: str | None = None


class WireMethod(Shape, frozen=True, kw_only=True, rename="camel"):
    """Source: paymentMethods of the payment service."""

    type: str
    wire_name: str | None = field(name="displayName", default=None)
    flow: PaymentFlow = PaymentFlow.UNKNOWN
    supports_recurring: bool = False
    supports_free_trial: bool = False
    images: Images | None = None
    terms: OneOrMany[WireTerm] | None = None

    @property
    def icon_url(self) -> str | None:
        return blank_is_none(self.images.icon_image) if self.images else None


class ListedMethod(Shape, frozen=True, kw_only=True, rename="camel"):
    """A method as the cart's own list has it. Source: paymentMethods.paymentMethod."""

    type: str
    display_name: str | None = None


class CartMethods(Shape, frozen=True, kw_only=True, rename="camel"):
    payment_method: OneOrMany[ListedMethod] = []


class SessionInformation(Shape, frozen=True, kw_only=True):
    currency: str | None = None
    country: str | None = None
    amount: Decimal | None = None


class MethodList(Shape, frozen=True, kw_only=True, rename="camel"):
    """The answer of the payment service. Source: GET /payments/payment-methods."""

    session_information: SessionInformation | None = None
    payment_methods: OneOrMany[WireMethod] = []

    @property
    def methods(self) -> list[WireMethod]:
        return many(self.payment_methods)

    @property
    def amount(self) -> Money | None:
        told = self.session_information
        if told is None or told.amount is None or told.currency is None:
            return None
        return Money(told.amount, told.currency)

    @property
    def country_code(self) -> str | None:
        return self.session_information.country if self.session_information else None
