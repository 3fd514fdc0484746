"""Digital River's endpoints: one method for each one we call, and nothing else.

This module knows paths, verbs, parameters and statuses. How a call is made: `gateway.upstream.calls`.
"""

import base64
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import msgspec

from gateway.enums import AddressKind, CustomerType, OrderState
from gateway.errors import (
    UpstreamInvalidResponse,
    UpstreamRefusal,
    UpstreamTokenInvalid,
    UpstreamUnavailable,
)
from gateway.money import Money
from gateway.settings import Settings
from gateway.upstream import error_envelopes, refusal_codes
from gateway.upstream.addresses import Address
from gateway.upstream.calls import Calls, Repeat
from gateway.upstream.cart import Cart, WireWarning, warning_codes
from gateway.upstream.catalog import Offer, Offers
from gateway.upstream.changes import CartChange, NewLine, Through
from gateway.upstream.decoding import Loose, OneOrMany, decode, first, locale_text, many
from gateway.upstream.decoding import present as _present
from gateway.upstream.ids import path_part as _part
from gateway.upstream.lines import RecurringTerms
from gateway.upstream.oauth import Tokens
from gateway.upstream.order import Order, OrderPage, Proof, SubmittedCart
from gateway.upstream.payment import CartMethods, ListedMethod, MethodList
from gateway.upstream.shopper import (
    AddressBook,
    Label,
    NewShopper,
    PaymentOption,
    PaymentOptions,
    Profile,
    SavedAddress,
    Shopper,
    payment_option,
    saved_address,
)
from gateway.upstream.tax import SchemaNode, TaxIdentifierRequirement, tax_requirements

T = TypeVar("T")

ME = "/v1/shoppers/me"
CART = f"{ME}/carts/active"

LEDGER_TIMEOUT_S = 2
"""Part of an operation's deadline that the merchant's ledger may use."""


class Found(msgspec.Struct, frozen=True, rename="camel"):
    """The wrappers of the answers; each call reads its own."""

    cart: Cart | None = None
    order: Order | None = None
    shopper: Shopper | None = None
    addresses: AddressBook | None = None
    address: Loose | None = None
    payment_options: PaymentOptions | None = None
    payment_option: Loose | None = None
    warnings: OneOrMany[WireWarning] | None = None
    capital_warnings: OneOrMany[WireWarning] | None = msgspec.field(name="Warnings", default=None)


class Submitted(msgspec.Struct, frozen=True, rename="camel"):
    submit_cart: SubmittedCart | None = None
    resume_cart: SubmittedCart | None = None


class FoundOrders(msgspec.Struct, frozen=True, rename="camel"):
    orders: OrderPage | None = None


class CreatedSource(msgspec.Struct, frozen=True):
    id: str


class FoundMethods(msgspec.Struct, frozen=True, rename="camel"):
    payment_methods: CartMethods | None = None


class LedgerEntry(msgspec.Struct, frozen=True):
    balance: Money


class FoundOffers(msgspec.Struct, frozen=True, rename="camel"):
    offers: Offers | None = None
    applied_offers: Offers | None = None


@dataclass(frozen=True)
class Upstream:
    """Every method raises `UpstreamError` only. `token` is an access token of the shopper it acts for."""

    calls: Calls

    def until(self, deadline_at: float) -> "Upstream":
        """The same client, giving its calls up at the deadline."""
        return Upstream(replace(self.calls, deadline_at=deadline_at))

    @property
    def settings(self) -> Settings:
        return self.calls.settings

    # Tokens.

    async def guest_token(self, locale: str, currency: str) -> Tokens:
        """A token for a new anonymous shopper, who sees the site in this locale and currency."""
        grant = self.settings.guest_grant
        form = {"grant_type": grant.value}
        # A new token changes nothing that anybody has: it may be asked for again.
        tokens = await self._tokens(form, Repeat.READ)
        if (locale, currency) != self.settings.locales[0]:
            await self.set_market(tokens.access_token, locale, currency)
        return tokens

    async def password_token(self, username: str, password: str, guest_token: str | None) -> Tokens:
        """A full token for a shopper whose password Digital River keeps; the cart of a guest's token follows."""
        form = {"grant_type": "password", "username": username, "password": encoded(password)}
        return await self._tokens(form | _limited(guest_token), Repeat.CHANGE)

    async def reference_token(self, external_reference_id: str, guest_token: str | None) -> Tokens:
        """A full token for a shopper whom the merchant vouches for. It cannot be renewed."""
        form = {"grant_type": "client_credentials", "dr_external_reference_id": external_reference_id}
        return await self._tokens(form | _limited(guest_token), Repeat.CHANGE)

    async def refreshed_token(self, refresh_token: str) -> Tokens:
        return await self._tokens({"grant_type": "refresh_token", "refresh_token": refresh_token}, Repeat.CHANGE)

    async def revoke_token(self, token: str) -> None:
        await self.calls.send("DELETE", "/oauth20/access-tokens", token=token, repeat=Repeat.CHANGE)

    async def _tokens(self, form: Mapping[str, str], repeat: Repeat) -> Tokens:
        with _not_the_shoppers("api key", code=refusal_codes.INVALID_CLIENT):
            body = await self.calls.send("POST", "/oauth20/token", form=form, repeat=repeat)
        return decode(body, Tokens)

    async def set_market(self, token: str, locale: str, currency: str) -> None:
        """Locale and currency of the shopper and of the cart."""
        params = {"locale": locale_text(locale), "currency": currency}
        await self.calls.change("POST", ME, token, params)

    # Shopper.

    async def shopper(self, token: str) -> Shopper:
        return _present(decode(await self.calls.read(ME, token, {}), Found).shopper)

    async def register_shopper(self, token: str, shopper: NewShopper) -> None:
        """Open an account. It signs nobody in. `token` may be a guest's."""
        await self.calls.change("POST", "/v1/shoppers", token, json={"shopper": shopper.wire()})

    async def update_shopper(self, token: str, profile: Profile, *, tells_subscriptions: bool) -> None:
        params = {"applyEmailToSubscriptions": "true"} if tells_subscriptions else {}
        await self.calls.change("POST", ME, token, params, json={"shopper": profile.wire()})

    async def addresses(self, token: str) -> list[SavedAddress]:
        found = decode(await self.calls.read(f"{ME}/addresses", token, {"expand": "all"}), Found).addresses
        return found.entries if found else []

    async def saved_address(self, token: str, address_id: str) -> SavedAddress:
        body = await self.calls.read(f"{ME}/addresses/{_part(address_id)}", token, {"expand": "all"})
        return _present(saved_address(_present(decode(body, Found).address)))

    async def save_address(self, token: str, label: Label, address: Address) -> None:
        """A new entry of the book, or another address for the nickname that there is."""
        await self.calls.change("POST", f"{ME}/addresses", token, json={"address": label.wire() | address.wire()})

    async def change_address(self, token: str, address_id: str, label: Label, address: Address) -> None:
        path, body = f"{ME}/addresses/{_part(address_id)}", {"address": label.wire() | address.wire()}
        await self.calls.change("POST", path, token, json=body)

    async def delete_address(self, token: str, address_id: str) -> None:
        await self.calls.change("DELETE", f"{ME}/addresses/{_part(address_id)}", token)

    async def payment_options(self, token: str) -> list[PaymentOption]:
        found = decode(await self.calls.read(f"{ME}/payment-options", token, {"expand": "all"}), Found).payment_options
        return found.options if found else []

    async def payment_option(self, token: str, option_id: str) -> PaymentOption:
        body = await self.calls.read(f"{ME}/payment-options/{_part(option_id)}", token, {"expand": "all"})
        return _present(payment_option(_present(decode(body, Found).payment_option)))

    async def save_payment_option(self, token: str, source_id: str, label: Label, address: str | None) -> None:
        """Save a source; it can then be charged again. `address` is the shopper's, in text form."""
        body = {"paymentOption": {"sourceId": source_id} | label.wire()} | _shopper_at(address)
        await self.calls.change("POST", f"{ME}/payment-options", token, json=body)

    async def change_payment_option(self, token: str, option_id: str, label: Label) -> None:
        path = f"{ME}/payment-options/{_part(option_id)}"
        await self.calls.change("POST", path, token, json={"paymentOption": label.wire()})

    async def delete_payment_option(self, token: str, option_id: str) -> None:
        await self.calls.change("DELETE", f"{ME}/payment-options/{_part(option_id)}", token)

    # Cart.

    async def active_cart(self, token: str) -> Cart:
        return _cart(await self.calls.read(CART, token, {"expand": "all"}))

    async def add_lines(self, token: str, lines: Sequence[NewLine], through: Through | None = None) -> None:
        body = {"lineItems": {"lineItem": [line.wire() for line in lines]}}
        await self.calls.change("POST", f"{CART}/line-items", token, through.params() if through else None, json=body)

    async def update_line(
        self, token: str, line_id: str, quantity: int | None = None, terms: RecurringTerms | None = None
    ) -> None:
        """A quantity or terms of None stay as they are."""
        params = {"action": "update"} | ({"quantity": str(quantity)} if quantity is not None else {})
        body = {"lineItem": {"subscriptionInfo": terms.wire()}} if terms is not None else None
        await self.calls.change("POST", f"{CART}/line-items/{_part(line_id)}", token, params, json=body)

    async def remove_lines(self, token: str, line_ids: Sequence[str]) -> None:
        params = {"lineItemsId": ",".join(_part(one) for one in line_ids)}
        await self.calls.change("DELETE", f"{CART}/line-items", token, params)

    async def update_cart(self, token: str, change: CartChange) -> Cart:
        """Addresses, organisation, terms, a coupon and an offer in one call; the answer is the whole cart."""
        params = {"expand": "all"}
        if change.coupon_code is not None:
            params["promoCode"] = change.coupon_code
        parts = change.wire()
        return _present(await self._change_shown("POST", CART, token, params, {"cart": parts} if parts else None))

    async def apply_shipping_option(self, token: str, option_id: str) -> Cart:
        params = {"shippingOptionId": option_id, "expand": "all"}
        return _present(await self._change_shown("POST", f"{CART}/apply-shipping-option", token, params))

    async def apply_suggestion(self, token: str, kind: AddressKind, suggestion_id: str) -> Cart:
        """Take a correction that is offered for the present address."""
        path = f"{CART}/apply-{kind.value.lower()}-address"
        params = {"suggestionId": suggestion_id, "expand": "all"}
        return _present(await self._change_shown("POST", path, token, params))

    async def apply_shopper(
        self, token: str, *, billing_id: str | None, shipping_id: str | None, option_id: str | None
    ) -> Cart:
        """Addresses and a means of payment of the account; its defaults for what is None."""
        named = {"billingAddressId": billing_id, "shippingAddressId": shipping_id, "paymentOptionId": option_id}
        params = {"expand": "all"} | {name: value for name, value in named.items() if value is not None}
        return _present(await self._change_shown("POST", f"{CART}/apply-shopper", token, params))

    async def applied_offers(self, token: str) -> list[Offer]:
        found = decode(await self.calls.read(f"{CART}/applied-offers", token, {"expand": "all"}), FoundOffers)
        offers = first(found.offers, found.applied_offers)
        return many(offers.offer) if offers else []

    async def remove_offer(self, token: str, offer_id: str) -> None:
        await self.calls.change("DELETE", f"{CART}/applied-offers/{_part(offer_id)}", token)

    async def tax_requirements(self, token: str) -> list[TaxIdentifierRequirement]:
        body = await self.calls.read(f"{CART}/tax-registrations/schema", token, {})
        return tax_requirements(decode(body, SchemaNode))

    async def set_tax_identifiers(self, token: str, kind: CustomerType, identifiers: Mapping[str, str]) -> None:
        """The kind of buyer, and identifiers by key in place of those before."""
        listed = [{"key": key, "value": value} for key, value in identifiers.items()]
        body = {"customerType": kind.value} | ({"taxRegistrations": listed} if listed else {})
        await self.calls.change("POST", f"{CART}/tax-registrations", token, json=body)

    async def remove_tax_identifiers(self, token: str) -> None:
        await self.calls.change("DELETE", f"{CART}/tax-registrations", token)

    # Payment.

    async def attach_source(self, token: str, source_id: str) -> Cart | None:
        """The cart with the source; None where upstream answers with nothing."""
        body = {"paymentMethod": {"sourceId": source_id}}
        return await self._change_shown("POST", f"{CART}/apply-payment-method", token, {"expand": "all"}, body)

    async def detach_source(self, token: str, source_id: str) -> None:
        body = {"paymentMethod": {"sourceId": source_id}}
        await self.calls.change("DELETE", f"{CART}/apply-payment-method", token, json=body)

    async def detach_all_sources(self, token: str) -> None:
        await self.calls.change("DELETE", f"{CART}/payment", token)

    async def create_store_credit(self, session_id: str, amount: Money, reference: str) -> str:
        """A source of store credit for a payment session; its id. Nothing is held until it is attached.

        `reference` is the merchant's own, by which credit that was spent is found again.
        """
        body = {
            "paymentSessionId": session_id,
            "type": "customerCredit",
            # Its digits as they are, not as a binary fraction.
            "amount": msgspec.Raw(f"{amount.amount:f}".encode()),
            "customerCredit": {},
            "upstreamId": reference,
        }
        base = self.settings.payments_url or self.settings.upstream_url
        token = self.settings.payment_key.get_secret_value()
        with _not_the_shoppers("payment key"):
            answer = await self.calls.send("POST", "/sources", token=token, json=body, base=base, repeat=Repeat.CHANGE)
        return decode(answer, CreatedSource).id

    async def credit_balance(self, reference: str) -> Money | None:
        """What the merchant's ledger has for a shopper; None without an account."""
        settings = self.settings
        ends_at = time.monotonic() + LEDGER_TIMEOUT_S
        own = self.until(min(ends_at, self.calls.deadline_at or ends_at))
        token = settings.ledger_key.get_secret_value()
        asked = {"reference": reference}
        try:
            with _not_the_shoppers("ledger key"):
                body = await own.calls.send("GET", "", token=token, params=asked, base=settings.ledger_url)
        except UpstreamRefusal as refusal:
            if refusal.status == 404:
                return None
            raise UpstreamUnavailable(status=refusal.status, reason="ledger") from refusal
        return decode(body, LedgerEntry).balance

    async def payment_methods(self, session_id: str, locale: str) -> MethodList:
        """From the payment service, which knows a public key and no shopper."""
        params = {"sessionId": session_id, "locale": locale_text(locale)}
        base = self.settings.payments_url or self.settings.upstream_url
        token = self.settings.publishable_key
        body = await self.calls.send("GET", "/payments/payment-methods", token=token, params=params, base=base)
        return decode(body, MethodList)

    async def cart_payment_methods(self, token: str) -> list[ListedMethod]:
        """The cart's own list, of types and names alone."""
        body = await self.calls.read(f"{CART}/payment-methods", token, {"expand": "all"})
        return many(_present(decode(body, FoundMethods).payment_methods).payment_method)

    # Submission.

    async def submit_cart(self, token: str, *, address: str | None, terms_accepted: bool) -> SubmittedCart:
        """Exactly one request, whatever becomes of it."""
        params = {"expand": "all"} | ({"ipAddress": address} if address else {})
        body = {"cart": {"termsOfSalesAcceptance": "true"}} if terms_accepted else None
        answer = await self.calls.send(
            "POST", f"{CART}/submit-cart", token=token, params=params, json=body, repeat=Repeat.NEVER
        )
        return _submitted(answer)

    async def resume_cart(self, token: str) -> SubmittedCart:
        """Exactly one request, whatever becomes of it."""
        answer = await self.calls.send(
            "POST", f"{CART}/resume-cart", token=token, params={"expand": "all"}, repeat=Repeat.NEVER
        )
        return _submitted(answer)

    async def order(self, token: str, order_id: str, *, state: str = "Open") -> Order:
        """An order of the shopper. `state` is asked for by the real service and does not narrow."""
        params = {"expand": "all", "orderState": state}
        return _present(decode(await self.calls.read(f"{ME}/orders/{_part(order_id)}", token, params), Found).order)

    async def orders(self, token: str, number: int, size: int, states: Sequence[OrderState] = ()) -> OrderPage:
        """A page of the account's orders, the newest first; numbers begin at 1. No states: all of them."""
        params = {"pageNumber": str(number), "pageSize": str(size), "expand": "all"}
        if states:
            params["orderState"] = ",".join(state.value for state in states)
        page = _present(decode(await self.calls.read(f"{ME}/orders", token, params), FoundOrders).orders)
        if states and any(order.state not in states for order in page.orders):
            raise UpstreamInvalidResponse(detail="orderState did not narrow")
        return page

    async def look_up_orders(self, token: str, proof: Proof) -> list[Order]:
        """Orders that the proof fits. It is sent in the body, where no log of a proxy keeps it."""
        params, form = {"expand": "all"}, proof.wire()
        # Nothing changes by looking: it may be asked again.
        body = await self.calls.send("POST", "/v1/shoppers/order-lookup", token=token, params=params, form=form)
        found = decode(body, FoundOrders).orders
        return found.orders if found else []

    # The merchant's own side.

    async def as_merchant(
        self, method: str, path: str, *, params: Mapping[str, str] | None = None, json: object = None
    ) -> bytes:
        """A call with the merchant's key. That it is refused says nothing about the shopper."""
        key = self.settings.merchant_key.get_secret_value()
        repeat = Repeat.READ if method == "GET" else Repeat.CHANGE
        with _not_the_shoppers("merchant key"):
            return await self.calls.send(method, path, basic=key, params=params, json=json, repeat=repeat)

    # A change whose answer is the cart.

    async def _change_shown(
        self, method: str, path: str, token: str, params: Mapping[str, str], json: object = None
    ) -> Cart | None:
        """Make a change whose answer is the whole cart, with whatever is told beside it; None for an empty one."""
        body = await self.calls.send(method, path, token=token, params=params, json=json, repeat=Repeat.CHANGE)
        return _cart(body) if body else None


def encoded(password: str) -> str:
    """As Digital River takes a password; this hides nothing."""
    return base64.b64encode(password.encode()).decode()


def _shopper_at(address: str | None) -> dict[str, Any]:
    return {"shopper": {"ipAddress": address}} if address else {}


def _limited(guest_token: str | None) -> dict[str, str]:
    return {} if guest_token is None else {"dr_limited_token": guest_token}


@contextmanager
def _not_the_shoppers(key: str, *, code: str | None = None) -> Iterator[None]:
    """A key of ours that is refused, by a code or by any, is no shopper's token or password that is wrong."""
    try:
        yield
    except UpstreamTokenInvalid as refusal:
        if code not in (None, refusal.reason):
            raise
        raise UpstreamUnavailable(status=refusal.status, reason=f"{key} refused") from refusal


def _cart(body: bytes) -> Cart:
    found = decode(body, Found)
    beside = warning_codes(found.warnings, found.capital_warnings)
    refusals = error_envelopes.codes_beside(body)
    return msgspec.structs.replace(_present(found.cart), outer_warnings=beside, refusals=refusals)


def _submitted(body: bytes) -> SubmittedCart:
    wrapped = decode(body, Submitted)
    found = first(wrapped.submit_cart, wrapped.resume_cart)
    if found is None:
        # One documented sample has no wrapper.
        found = decode(body, SubmittedCart)
    return msgspec.structs.replace(found, refusals=error_envelopes.codes_beside(body))
