"""The payment session, the ways to pay, and the sources on the cart."""

import logging
import time
from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec

from gateway.enums import ErrorCode, PaymentFlow, PaymentMethodObstacle, PaymentSequence
from gateway.errors import UpstreamError, UpstreamRefusal
from gateway.money import Money
from gateway.operation.context import Context
from gateway.payments import known_methods, store_credit
from gateway.payments.payment_session import SUPPORTS_STORE_CREDIT, Facts, PaymentSession, due_text, total_text
from gateway.payments.payment_session import payment_session as view_of
from gateway.refusals.user_errors import AnyUserError, PaymentError, invalid
from gateway.refusals.warnings import Warning
from gateway.sessions.sessions import Remembered
from gateway.settings import MethodsFrom
from gateway.store.answer_cache import Lifetime, key_of
from gateway.upstream.cart import Cart
from gateway.upstream.decoding import decode, encode, many
from gateway.upstream.payment import InstallmentTerm, MethodList, WireMethod
from resolvers import abandon_redirect, account, cart_edits
from resolvers.inputs import AttachSource, DetachSource, PaymentMethodFilter
from resolvers.payloads import Payload

METHODS = Lifetime(fresh=timedelta(seconds=60), stale_if_error=timedelta(seconds=600))

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class PaymentMethod:
    """A way to pay as this cart sees it."""

    wire: WireMethod
    obstacles: list[PaymentMethodObstacle]
    currency_code: str

    @property
    def type(self) -> str:
        return self.wire.type

    @property
    def display_name(self) -> str:
        return known_methods.name_of(self.wire)

    @property
    def flow(self) -> PaymentFlow:
        return self.wire.flow

    @property
    def sequence(self) -> PaymentSequence:
        return known_methods.sequence_of(self.wire)

    @property
    def supports_recurring(self) -> bool:
        return self.wire.supports_recurring

    @property
    def supports_free_trial(self) -> bool:
        return self.wire.supports_free_trial

    @property
    def supports_store_credit(self) -> bool:
        return self.wire.type in SUPPORTS_STORE_CREDIT

    @property
    def icon_url(self) -> str | None:
        return self.wire.icon_url

    @property
    def installment_terms(self) -> list[InstallmentTerm]:
        read = [term.term(self.currency_code) for term in many(self.wire.terms)]
        return [term for term in read if term is not None]

    @property
    def is_usable(self) -> bool:
        return not self.obstacles


@dataclass(frozen=True)
class AvailablePaymentMethods:
    session_id: str
    methods: list[PaymentMethod]
    amount: Money
    country_code: str | None
    fetched_at: datetime
    is_stale: bool


async def payment_session(ctx: Context) -> PaymentSession | None:
    return await cart_payment_session(await ctx.cart(), ctx)


async def cart_payment_session(parent: Cart, ctx: Context) -> PaymentSession | None:
    session = await ctx.own_session()
    return view_of(parent, Facts(session.record.remembered, session.locale))


async def payment_session_after(parent: Payload, ctx: Context) -> PaymentSession | None:
    return await payment_session(ctx) if await ctx.session() else None


async def available_payment_methods(
    ctx: Context, filter: PaymentMethodFilter | None = None
) -> AvailablePaymentMethods | None:
    return await _methods(ctx, await ctx.cart(), filter)


async def session_payment_methods(
    parent: PaymentSession, ctx: Context, filter: PaymentMethodFilter | None = None
) -> AvailablePaymentMethods | None:
    return await _methods(ctx, await ctx.cart(), filter)


async def _methods(ctx: Context, cart: Cart, filter: PaymentMethodFilter | None) -> AvailablePaymentMethods | None:
    wire = cart.wire_payment_session
    if wire is None:
        return None
    session = await ctx.own_session()

    async def load() -> bytes:
        return encode(await _listed(ctx, wire.id, session.locale))

    answer = await ctx.gateway.cache.get_or_load(_key(cart, session.locale), load, METHODS)
    listed = decode(answer.value, MethodList)
    found = [PaymentMethod(method, _obstacles(method, cart), cart.currency_code) for method in listed.methods]
    return AvailablePaymentMethods(
        session_id=wire.id,
        methods=[method for method in found if _passes(method, filter)],
        amount=listed.amount or cart.order_total,
        country_code=listed.country_code or _billing_country(cart),
        fetched_at=answer.loaded_at,
        is_stale=answer.is_stale,
    )


async def _listed(ctx: Context, session_id: str, locale: str) -> MethodList:
    """Of the payment service; where it cannot answer, or by choice, the cart's own list, completed.

    Shared by whoever misses it too, so each of the two has a deadline of its own.
    """
    settings, upstream = ctx.settings, ctx.gateway.upstream
    if settings.payment_methods is MethodsFrom.PAYMENT_SERVICE:
        try:
            first = upstream.until(time.monotonic() + settings.operation_deadline_s / 2)
            return await first.payment_methods(session_id, locale)
        except UpstreamError as failure:
            log.warning("payment service gave no methods", extra={"reason": failure.code.value})
    own = upstream.until(time.monotonic() + settings.operation_deadline_s / 2)
    return known_methods.completed(await ctx.as_shopper(lambda _, token: own.cart_payment_methods(token)))


def _key(cart: Cart, locale: str) -> str:
    """Every fact that a list depends on. A change of any is another key, so nothing is ever invalidated."""
    wire = cart.wire_payment_session
    shipping = cart.shipping_address
    return key_of(
        "payment-methods",
        wire.id if wire else None,
        total_text(cart),
        _billing_country(cart),
        shipping.address.country_code if shipping else None,
        locale,
        cart.customer_type.name,
        cart.organization_id,
        str(bool(cart.tax_identifiers)),
        str(cart.recurs),
        str(cart.starts_free),
    )


def _billing_country(cart: Cart) -> str | None:
    return cart.billing_address.address.country_code if cart.billing_address else None


def _obstacles(method: WireMethod, cart: Cart) -> list[PaymentMethodObstacle]:
    obstacle = PaymentMethodObstacle
    found = {
        obstacle.NOT_RECURRING: cart.recurs and not method.supports_recurring,
        obstacle.NO_FREE_TRIAL: cart.starts_free and not method.supports_free_trial,
        obstacle.NOT_COMBINABLE_WITH_STORE_CREDIT: cart.secondary_source is not None
        and method.type not in SUPPORTS_STORE_CREDIT,
        obstacle.ORGANIZATION_ID_MISSING: method.type in known_methods.NEEDS_ORGANIZATION and not cart.organization_id,
        obstacle.TAX_IDENTIFIER_MISSING: method.type in known_methods.NEEDS_TAX_IDENTIFIER and not cart.tax_identifiers,
    }
    return [kind for kind, applies in found.items() if applies]


def _passes(method: PaymentMethod, filter: PaymentMethodFilter | None) -> bool:
    if filter is None:
        return True
    return (
        filter.supports_recurring in (None, method.supports_recurring)
        and filter.supports_free_trial in (None, method.supports_free_trial)
        and filter.supports_store_credit in (None, method.supports_store_credit)
        and (method.is_usable or not filter.usable_only)
    )


async def attach_source(ctx: Context, input: AttachSource) -> Payload:
    if input.source.payment_option_id is not None:
        lack = await account.lack(ctx, ("input", "source", "paymentOptionId"))
        if lack:
            return Payload(errors=lack)
    return await cart_edits.in_turn(ctx, input.if_revision, lambda: with_funding(ctx, _attach(ctx, input)))


async def _attach(ctx: Context, input: AttachSource) -> Payload:
    choice = input.source
    if choice.payment_option_id is not None:
        path = ("input", "source", "paymentOptionId")
        source_id = await account.saved_source_id(ctx, choice.payment_option_id, path)
    else:
        path, source_id = ("input", "source", "sourceId"), choice.source_id or ""
    cart = await cart_edits.present(ctx)
    if cart.wire_payment_session is None:
        return Payload(errors=[no_session(cart)])
    attached = cart.primary_source
    if attached is not None and attached.source_id == source_id:
        return Payload()
    if attached is not None:
        if not input.replace_primary:
            return Payload(errors=[_primary_present(cart)])
        detached = await cart_edits.write(ctx, lambda: detach(ctx, attached.source_id), path=path)
        if detached.errors:
            return detached
    # Noted before it is sent: the answer may get lost, and the source be attached all the same.
    await note_total(ctx, source_id, cart)
    done = await cart_edits.write(ctx, lambda: attach(ctx, source_id), path=path)
    if done.errors:
        return Payload(errors=[await _with_state(ctx, error) for error in done.errors], warnings=done.warnings)
    # Attaching may have given the cart the source's address, and so another tax.
    await note_total(ctx, source_id, await cart_edits.present(ctx))
    return done


async def detach_source(ctx: Context, input: DetachSource) -> Payload:
    source_id = input.target.source_id
    path = ("input", "target", "sourceId" if source_id is not None else "all")
    if source_id is None and not input.target.all:
        return Payload(errors=[invalid(path, "Only true means anything here.")])

    told: list[Warning] = []

    async def act() -> None:
        try:
            await (_detach_all(ctx) if source_id is None else detach(ctx, source_id))
        except UpstreamRefusal as refusal:
            if refusal.reason != abandon_redirect.CART_SUBMITTED:
                raise
            told.extend(await abandon_redirect.begin(ctx))

    done = await cart_edits.in_turn(
        ctx, input.if_revision, lambda: with_funding(ctx, cart_edits.write(ctx, act, path=path))
    )
    return Payload(errors=done.errors, warnings=[*done.warnings, *told])


async def attach(ctx: Context, source_id: str) -> Cart | None:
    return await ctx.as_shopper(lambda upstream, token: upstream.attach_source(token, source_id))


async def with_funding(ctx: Context, change: Awaitable[Payload]) -> Payload:
    """Change the sources, and note whether credit alone pays then: later changes of the cart are told by it."""
    done = await change
    try:
        covers = store_credit.covers_alone(await ctx.cart())
    except UpstreamError:
        return done
    session = await ctx.own_session()
    if covers is not session.record.remembered.credit_covers:
        await ctx.gateway.sessions.remember(session, lambda memory: setattr(memory, "credit_covers", covers))
    return done


async def detach(ctx: Context, source_id: str) -> None:
    try:
        await ctx.as_shopper(lambda upstream, token: upstream.detach_source(token, source_id))
    except UpstreamRefusal as refusal:
        # What is not attached need not be detached.
        if refusal.reason not in ("delete-payment-failure", "apply-payment-failure"):
            raise


async def _detach_all(ctx: Context) -> None:
    try:
        await ctx.as_shopper(lambda upstream, token: upstream.detach_all_sources(token))
    except UpstreamRefusal as refusal:
        if refusal.reason != "delete-payment-failure":
            raise


async def note_total(ctx: Context, source_id: str, cart: Cart) -> None:
    """Note the amount that a source is for; a new source asks for no old authentication."""

    def note(memory: Remembered) -> None:
        memory.attached_at = {source_id: due_text(cart)}
        memory.asked_authentication = None

    await ctx.gateway.sessions.remember(await ctx.own_session(), note)


def no_session(cart: Cart) -> PaymentError:
    return PaymentError(
        code=ErrorCode.PAYMENT_SESSION_MISSING,
        message="The cart has no payment session. Add a line first."
        if cart.is_empty
        else "The site has no payment sessions; a source cannot be attached.",
    )


def _primary_present(cart: Cart) -> PaymentError:
    return PaymentError(
        code=ErrorCode.PRIMARY_SOURCE_PRESENT,
        message="Another source is attached. Detach it first, or send replacePrimary: true.",
        path=("input", "replacePrimary"),
        session_state=cart.wire_payment_session.state if cart.wire_payment_session else None,
    )


async def _with_state(ctx: Context, error: AnyUserError) -> AnyUserError:
    """The error with the state the session is in now; without one where that cannot be read."""
    if not isinstance(error, PaymentError):
        return error
    try:
        wire = (await ctx.cart()).wire_payment_session
    except UpstreamError:
        return error
    return msgspec.structs.replace(error, session_state=wire.state if wire else None)
