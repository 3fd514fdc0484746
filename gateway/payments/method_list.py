"""The payment methods of a cart: where the list is read, how long it is cached, and why a method may be unavailable."""

import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import NamedTuple

from gateway.amounts.money import Money
from gateway.elapsed_time import elapsed_s
from gateway.enums import CustomerType, PaymentFlow, PaymentSequence
from gateway.enums import PaymentMethodObstacle as Obstacle
from gateway.errors import UpstreamError
from gateway.payments import known_methods
from gateway.payments.payment_session import SUPPORTS_STORE_CREDIT, due_from_primary
from gateway.settings.settings import Settings
from gateway.settings.values import MethodsFrom
from gateway.store.answer_cache import AnswerCache, Lifetime, hashed_key
from gateway.telemetry.logs import FOLDED
from gateway.upstream.cart import Cart
from gateway.upstream.client import Upstream
from gateway.upstream.decoding import OneOrMany, Shape, decode, encode, many
from gateway.upstream.payment import (
    CartListedMethod,
    InstallmentTerm,
    ListedPaymentMethod,
    PaymentMethodList,
    WireInstallmentTerm,
)

log = logging.getLogger(__name__)

LIFETIME = Lifetime(fresh=timedelta(seconds=60), stale_if_error=timedelta(seconds=600))

ReadFromCart = Callable[[Upstream], Awaitable[list[CartListedMethod]]]
"""Function that reads the cart's list with the shopper's token. Its argument is the client of Digital River."""


class UsabilityTraits(NamedTuple):
    """The properties of a cart that determine which payment methods of a list it can use."""

    currency_code: str | None
    recurs: bool
    starts_free: bool
    has_store_credit: bool
    has_organization_id: bool
    has_tax_identifier: bool

    @classmethod
    def of(cls, cart: Cart) -> "UsabilityTraits":
        return cls(
            currency_code=cart.currency_code,
            recurs=cart.recurs,
            starts_free=cart.starts_free,
            has_store_credit=cart.secondary_source is not None,
            has_organization_id=bool(cart.organization_id),
            has_tax_identifier=bool(cart.tax_identifiers),
        )

    def obstacles_to(self, method: ListedPaymentMethod) -> list[Obstacle]:
        applies = (
            (Obstacle.NOT_RECURRING, self.recurs and not method.supports_recurring),
            (Obstacle.NO_FREE_TRIAL, self.starts_free and not method.supports_free_trial),
            (
                Obstacle.NOT_COMBINABLE_WITH_STORE_CREDIT,
                self.has_store_credit and method.type not in SUPPORTS_STORE_CREDIT,
            ),
            (
                Obstacle.ORGANIZATION_ID_MISSING,
                method.type in known_methods.NEEDS_ORGANIZATION and not self.has_organization_id,
            ),
            (
                Obstacle.TAX_IDENTIFIER_MISSING,
                method.type in known_methods.NEEDS_TAX_IDENTIFIER and not self.has_tax_identifier,
            ),
        )
        return [obstacle for obstacle, is_present in applies if is_present]


class PaymentMethod(Shape, frozen=True, kw_only=True):
    """A payment method, with the obstacles that prevent its use on the cart."""

    type: str
    display_name: str
    flow: PaymentFlow
    sequence: PaymentSequence
    supports_recurring: bool
    supports_free_trial: bool
    supports_store_credit: bool
    icon_url: str | None
    terms: OneOrMany[WireInstallmentTerm] | None
    obstacles: list[Obstacle]
    currency_code: str | None
    """Currency of the amounts of instalment plans; None if it is unknown."""

    @classmethod
    def of(cls, listed: ListedPaymentMethod, traits: UsabilityTraits) -> "PaymentMethod":
        return cls(
            type=listed.type,
            display_name=known_methods.name_of(listed),
            flow=listed.flow,
            sequence=known_methods.sequence_of(listed),
            supports_recurring=listed.supports_recurring,
            supports_free_trial=listed.supports_free_trial,
            supports_store_credit=listed.type in SUPPORTS_STORE_CREDIT,
            icon_url=listed.icon_url,
            terms=listed.terms,
            obstacles=traits.obstacles_to(listed),
            currency_code=traits.currency_code,
        )

    @property
    def installment_terms(self) -> list[InstallmentTerm]:
        currency_code = self.currency_code
        if currency_code is None:
            return []
        terms = [term.term(currency_code) for term in many(self.terms)]
        return [term for term in terms if term is not None]

    @property
    def is_usable(self) -> bool:
        return not self.obstacles


class AvailablePaymentMethods(Shape, frozen=True, kw_only=True):
    session_id: str
    methods: list[PaymentMethod]
    amount: Money | None
    country_code: str | None
    fetched_at: datetime
    is_stale: bool


class CachedList:
    """A cached list, decoded once for several operations, which must not change it."""

    def __init__(self, answer: bytes) -> None:
        self.listed = decode(answer, PaymentMethodList)
        self._methods: dict[UsabilityTraits, list[PaymentMethod]] = {}
        """By traits of the cart. Most of them are in the cache key of the list, so there are few entries."""

    def methods(self, traits: UsabilityTraits) -> list[PaymentMethod]:
        if traits not in self._methods:
            self._methods[traits] = [PaymentMethod.of(listed, traits) for listed in self.listed.methods]
        return self._methods[traits]


class CartTraits(Shape, frozen=True, kw_only=True):
    """The properties of a cart that determine its payment methods, and which of these methods it can use."""

    usability: UsabilityTraits
    customer_type: CustomerType
    organization_id: str | None
    billing_country: str | None
    shipping_country: str | None
    total: Money | None
    due: Money | None
    """Amount that the primary source has to pay. It differs from the total if store credit is attached."""

    @classmethod
    def of(cls, cart: Cart) -> "CartTraits":
        return cls(
            usability=UsabilityTraits.of(cart),
            customer_type=cart.customer_type,
            organization_id=cart.organization_id,
            billing_country=cart.billing_country,
            shipping_country=cart.shipping_country,
            total=cart.order_total,
            due=due_from_primary(cart),
        )

    def cache_key(self, session_id: str, locale: str) -> str:
        """Cache key with every value on which the list of payment methods depends.

        A cart in which one of these values changes has another key, so cached lists need no invalidation.
        """
        return hashed_key(
            "payment-methods",
            session_id,
            self.total.canonical() if self.total else None,
            self.due.canonical() if self.due else None,
            self.billing_country,
            self.shipping_country,
            locale,
            self.customer_type.name,
            self.organization_id,
            str(self.usability.has_tax_identifier),
            str(self.usability.recurs),
            str(self.usability.starts_free),
        )

    def agrees_with(self, listed: PaymentMethodList, locale: str) -> bool:
        """Whether the list is for this amount and billing country. The cart's own list states neither.

        Digital River's documentation does not say whether the amount of the list includes store credit. Without a
        billing address, Digital River lists the payment methods of the locale's country.
        """
        amounts = [amount for amount in (self.total, self.due) if amount is not None]
        is_for_amount = listed.amount is None or any(listed.amount.equals(amount) for amount in amounts)
        return is_for_amount and listed.country_code in (None, self.billing_country or locale[-2:])


class MethodLists:
    """Lists of payment methods, cached by payment session and by the properties of the cart."""

    def __init__(self, cache: AnswerCache, upstream: Upstream, settings: Settings) -> None:
        self._cache = cache
        self._upstream = upstream
        self._settings = settings

    async def available(self, cart: Cart, locale: str, read_from_cart: ReadFromCart) -> AvailablePaymentMethods | None:
        """The payment methods of the cart's payment session; None if the cart has no payment session.

        Raises `UpstreamError` if no list can be read and none is cached.
        """
        session = cart.payment_session
        if session is None:
            return None
        traits = CartTraits.of(cart)

        async def load() -> bytes:
            return encode(await self._read(session.id, locale, read_from_cart))

        # The cart may have changed while the list was read. Then the list belongs to another key.
        answer = await self._cache.get_or_load(
            traits.cache_key(session.id, locale),
            load,
            LIFETIME,
            belongs_to_key=lambda value: traits.agrees_with(decode(value, PaymentMethodList), locale),
        )
        cached = answer.decoded(CachedList)
        return AvailablePaymentMethods(
            session_id=session.id,
            amount=cached.listed.amount or traits.total,
            country_code=cached.listed.country_code or traits.billing_country,
            methods=cached.methods(traits.usability),
            fetched_at=answer.loaded_at,
            is_stale=answer.is_stale,
        )

    async def _read(self, session_id: str, locale: str, read_from_cart: ReadFromCart) -> PaymentMethodList:
        """The list of the payment service. The cart's list replaces it if the payment service fails, or if the settings
        require the cart's list.

        Several operations may wait for this read, so its calls do not use the deadline of a single operation.
        """
        if self._settings.payment_methods is MethodsFrom.PAYMENT_SERVICE:
            try:
                return await self._with_half_the_time().payments.payment_methods(session_id, locale)
            except UpstreamError as failure:
                log.warning("payment methods read from cart instead", extra={"reason": failure.code.value, **FOLDED})
        return known_methods.completed(await read_from_cart(self._with_half_the_time()))

    def _with_half_the_time(self) -> Upstream:
        return self._upstream.until(elapsed_s() + self._settings.operation_deadline_s / 2)
