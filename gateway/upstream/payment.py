"""Payment sessions, sources and payment methods as Digital River sends them, with the graph's field names."""

from datetime import date
from decimal import Decimal

from msgspec import field

from gateway.amounts.money import Money
from gateway.enums import PaymentFlow, PaymentSessionState, SourceState
from gateway.upstream.decoding import (
    CUT,
    Int32,
    JsonObject,
    OneOrMany,
    Shape,
    alone,
    blank_is_none,
    calendar_day,
    convert,
    many,
)

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
"""Details of a source that are not payment instructions, or that have their own field in the graph."""

DOCUMENTS = ("document", "printableInvoiceUrl")

UNSURE = frozenset({"sourceId", "type", "supplementaryPaymentMethods"})
"""JSON fields without which it is unknown which sources are attached."""


class CartPaymentSession(Shape, frozen=True, kw_only=True, rename="camel"):
    """The payment session of a cart or an order. Digital River object: paymentSession."""

    id: str
    client_secret: str | None = None
    wire_status: str | None = field(name="status", default=None)
    wire_state: str | None = field(name="state", default=None)
    amount_contributed: Money | None = None
    amount_remaining: Money | None = field(name="amountRemainingToBeContributed", default=None)
    redirect_url: str | None = None

    @property
    def upstream_state(self) -> str:
        """Name of the state at Digital River, sent as `status` or as `state`. It is empty if both are missing."""
        return self.wire_status or self.wire_state or ""

    @property
    def state(self) -> PaymentSessionState:
        return PaymentSessionState(self.upstream_state)

    def __repr__(self) -> str:
        return f"CartPaymentSession({self.upstream_state})"


def waits_for_shopper(session: CartPaymentSession | None) -> bool:
    """Whether the cart of the payment session was submitted and waits for the shopper's approval, or for resume-cart
    after it."""
    return session is not None and session.state in (
        PaymentSessionState.PENDING_REDIRECT,
        PaymentSessionState.CHARGEABLE,
    )


class InstructionDetail(Shape, frozen=True, kw_only=True):
    key: str
    value: str


class DelayedPaymentInstructions(Shape, frozen=True, kw_only=True):
    amount: Money | None
    reference: str | None
    pay_before: date | None
    document_url: str | None
    details: list[InstructionDetail]


class SourceDetails(Shape, frozen=True, kw_only=True, rename="camel"):
    """Details of a source, sent in a field that is named after the payment method. Any value may be a string."""

    brand: str | None = None
    last_four_digits: str | int | None = None
    expiration_month: Int32 | None = None
    expiration_year: Int32 | None = None
    funding_source: str | None = None
    flow: PaymentFlow = PaymentFlow.UNKNOWN
    reusable: bool | None = None
    redirect_url: str | None = None
    reference_id: str | None = None
    expiration_time: str | None = None


class Source(Shape, frozen=True, kw_only=True):
    """A source on a cart or order. Digital River object: paymentMethod."""

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
    expiry_month: Int32 | None = None
    expiry_year: Int32 | None = None
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
    supplementary: list[JsonObject] | None = field(name="supplementaryPaymentMethods", default=None)
    cut: list[str] = field(name=CUT, default=[])
    """Names of the fields that could not be read."""


class LegacyPayment(Shape, frozen=True, kw_only=True, rename="camel"):
    """Payment of an order that was placed before payment sources existed. Digital River object: payment."""

    payment_method_name: str | None = None
    displayable_number: str | None = None
    expiration_month: Int32 | None = None
    expiration_year: Int32 | None = None
    payment_amount: Money | None = None

    @property
    def source(self) -> Source | None:
        """The payment, converted to a source without an id; None if the payment method is unknown."""
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


def sources(wire: JsonObject | None, total: Money | None) -> list[Source]:
    """Attached sources. The primary source comes first."""
    if not wire:
        return []
    primary = convert(wire, WireSource)
    others = [(entry, convert(entry, WireSource)) for entry in primary.supplementary or []]
    read = [_source(entry, common, total) for entry, common in [(wire, primary), *others]]
    return [attached for attached in read if attached is not None]


def lacks_source(wire: JsonObject | None) -> bool:
    """Whether an attached source could not be read. Its id or its type is missing, but not both."""
    if not wire:
        return False
    common = convert(wire, WireSource)
    entries = [common, *(convert(entry, WireSource) for entry in common.supplementary or [])]
    halves = [entry for entry in entries if (entry.source_id is None) != (entry.type is None)]
    return bool(halves) or any(not UNSURE.isdisjoint(entry.cut) for entry in entries)


def source(wire: JsonObject, total: Money | None) -> Source | None:
    """The source; None if the object has no id or no type. Digital River also sends such objects."""
    return _source(wire, convert(wire, WireSource), total)


def _source(wire: JsonObject, common: WireSource, total: Money | None) -> Source | None:
    if common.source_id is None or common.type is None:
        return None
    own = wire.get(common.type)
    own = own if isinstance(own, dict) else {}
    details = convert(own, SourceDetails)
    return Source(
        source_id=common.source_id,
        type=common.type,
        state=common.state or (SourceState.UNKNOWN if "state" in common.cut else SourceState.CHARGEABLE),
        amount_contributed=common.amount_contributed,
        is_reusable=details.reusable is True,
        flow=details.flow,
        source_client_secret=common.source_client_secret or _string(own.get("clientSecret")),
        brand=details.brand,
        last_four_digits=_string(details.last_four_digits),
        expiry_month=details.expiration_month,
        expiry_year=details.expiration_year,
        funding_source=details.funding_source,
        instructions=_instructions(own, details, common.amount_contributed or total),
        redirect_url=blank_is_none(details.redirect_url),
    )


def _instructions(
    own: dict[str, object], details: SourceDetails, amount: Money | None
) -> DelayedPaymentInstructions | None:
    if details.flow is not PaymentFlow.RECEIVER:
        return None
    shown = {name: _string(value) for name, value in own.items() if name not in HIDDEN_DETAILS and name != CUT}
    return DelayedPaymentInstructions(
        amount=amount,
        reference=details.reference_id,
        pay_before=calendar_day(details.expiration_time),
        document_url=next((shown[name] for name in DOCUMENTS if shown.get(name)), None),
        details=[
            InstructionDetail(key=name, value=value) for name, value in shown.items() if value and name not in DOCUMENTS
        ],
    )


def _string(value: object) -> str | None:
    value = alone(value)
    return str(value) if isinstance(value, str | int | Decimal) and value != "" else None


class InstallmentTerm(Shape, frozen=True, kw_only=True):
    id: str
    name: str
    duration_months: Int32
    monthly_payment: Money
    total_repayable: Money
    effective_annual_rate: Decimal | None


class WireInstallmentTerm(Shape, frozen=True, kw_only=True, rename="camel"):
    id: str | int = ""
    name: str | None = None
    duration_months: Int32 | None = None
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
            effective_annual_rate=self.effective_apr,
        )


class Images(Shape, frozen=True, kw_only=True, rename="camel"):
    icon_image: str | None = None


class ListedPaymentMethod(Shape, frozen=True, kw_only=True, rename="camel"):
    """A payment method in the payment service's list. Digital River object: paymentMethods."""

    type: str
    display_name: str | None = None
    flow: PaymentFlow = PaymentFlow.UNKNOWN
    supports_recurring: bool = False
    supports_free_trial: bool = False
    images: Images | None = None
    terms: OneOrMany[WireInstallmentTerm] | None = None

    @property
    def icon_url(self) -> str | None:
        return blank_is_none(self.images.icon_image) if self.images else None


class CartListedMethod(Shape, frozen=True, kw_only=True, rename="camel"):
    """A payment method in the cart's own list. Digital River object: paymentMethods.paymentMethod."""

    type: str
    display_name: str | None = None


class CartListedMethods(Shape, frozen=True, kw_only=True, rename="camel"):
    payment_method: OneOrMany[CartListedMethod] = []


class SessionInformation(Shape, frozen=True, kw_only=True):
    currency: str | None = None
    country: str | None = None
    amount: Decimal | None = None


class PaymentMethodList(Shape, frozen=True, kw_only=True, rename="camel"):
    """List of payment methods from the payment service. Digital River call: GET /payments/payment-methods."""

    session_information: SessionInformation | None = None
    payment_methods: OneOrMany[ListedPaymentMethod] = []

    @property
    def methods(self) -> list[ListedPaymentMethod]:
        return many(self.payment_methods)

    @property
    def amount(self) -> Money | None:
        session = self.session_information
        if session is None or session.amount is None or session.currency is None:
            return None
        return Money(session.amount, session.currency)

    @property
    def country_code(self) -> str | None:
        return self.session_information.country if self.session_information else None
