"""Endpoints for payment: sources on the cart, payment methods and store credit."""

from dataclasses import dataclass

import msgspec

from gateway.amounts.money import Money
from gateway.errors import UpstreamRefusal, UpstreamUnavailable
from gateway.upstream.cart import Cart, CartAnswer
from gateway.upstream.decoding import decode, locale_string, many, required
from gateway.upstream.endpoints.paths import CART
from gateway.upstream.ids import path_part
from gateway.upstream.payment import CartListedMethod, CartListedMethods, PaymentMethodList
from gateway.upstream.retrying_calls import Calls, Repeat, outage_if_key_rejected

LEDGER_TIMEOUT_S = 2
"""Time limit for a call to the merchant's ledger, in seconds. The operation may have an earlier deadline."""


class CreatedSource(msgspec.Struct, frozen=True):
    id: str


class LedgerEntry(msgspec.Struct, frozen=True):
    balance: Money


class CartMethodsAnswer(msgspec.Struct, frozen=True, rename="camel"):
    payment_methods: CartListedMethods | None = None


@dataclass(frozen=True)
class PaymentEndpoints:
    calls: Calls

    # Calls for sources on the cart. `token` is the access token of the shopper who owns the cart.

    async def attach_source(self, token: str, source_id: str) -> Cart | None:
        """Attach a source, and return the cart. Return None if Digital River answers with an empty body."""
        answer = await self.calls.send(
            "POST",
            f"{CART}/apply-payment-method",
            token=token,
            params={"expand": "all"},
            json=_source(source_id),
            repeat=Repeat.CHANGE,
        )
        return decode(answer, CartAnswer).cart if answer else None

    async def detach_source(self, token: str, source_id: str) -> None:
        await self.calls.change("DELETE", f"{CART}/apply-payment-method", token, json=_source(source_id))

    async def detach_all_sources(self, token: str) -> None:
        await self.calls.change("DELETE", f"{CART}/payment", token)

    # Calls for payment methods.

    async def payment_methods(self, session_id: str, locale: str) -> PaymentMethodList:
        """Payment methods from the payment service. The call uses the publishable key, not a shopper's token."""
        settings = self.calls.settings
        answer = await self.calls.send(
            "GET",
            "/payments/payment-methods",
            token=settings.publishable_key,
            params={"sessionId": session_id, "locale": locale_string(locale)},
            base=settings.payments_url or settings.upstream_url,
        )
        return decode(answer, PaymentMethodList)

    async def check_publishable_key(self, locale: str) -> None:
        """Raise `UpstreamKeyRefused` if the payment service does not accept the publishable key."""
        settings = self.calls.settings
        with outage_if_key_rejected("publishable key"):
            await self.calls.send(
                "GET",
                "/payments/payment-methods",
                token=settings.publishable_key,
                params={"locale": locale_string(locale)},
                base=settings.payments_url or settings.upstream_url,
            )

    async def cart_payment_methods(self, token: str) -> list[CartListedMethod]:
        """Payment methods from the cart's own list, which has only types and names."""
        answer = await self.calls.read(f"{CART}/payment-methods", token, {"expand": "all"})
        return many(required(decode(answer, CartMethodsAnswer).payment_methods).payment_method)

    # Calls for store credit.

    async def create_store_credit(self, session_id: str, amount: Money, reference: str) -> str:
        """Create a store credit source for a payment session, and return the id of the source.

        The amount is reserved when the source is attached. `reference` is the id by which the merchant finds the debit.
        """
        settings = self.calls.settings
        body = {
            "paymentSessionId": session_id,
            "type": "customerCredit",
            # Sent with exact decimal digits, because a floating-point number could be inexact.
            "amount": msgspec.Raw(f"{amount.amount:f}".encode()),
            "customerCredit": {},
            "upstreamId": reference,
        }
        with outage_if_key_rejected("payment key"):
            answer = await self.calls.send(
                "POST",
                "/sources",
                token=settings.payment_key.get_secret_value(),
                json=body,
                base=settings.payments_url or settings.upstream_url,
                repeat=Repeat.CHANGE,
            )
        return decode(answer, CreatedSource).id

    async def check_payment_key(self, source_id: str) -> None:
        """Read a source. Raises `UpstreamKeyRefused` if the payment service does not accept the payment key."""
        settings = self.calls.settings
        with outage_if_key_rejected("payment key"):
            await self.calls.send(
                "GET",
                f"/sources/{path_part(source_id)}",
                token=settings.payment_key.get_secret_value(),
                base=settings.payments_url or settings.upstream_url,
            )

    async def credit_balance(self, reference: str) -> Money | None:
        """The shopper's balance in the merchant's ledger; None if the shopper has no account in the ledger."""
        settings = self.calls.settings
        calls = self.calls.within(LEDGER_TIMEOUT_S)
        try:
            with outage_if_key_rejected("ledger key"):
                answer = await calls.send(
                    "GET",
                    "",
                    token=settings.ledger_key.get_secret_value(),
                    params={"reference": reference},
                    base=settings.ledger_url,
                )
        except UpstreamRefusal as refusal:
            if refusal.status == 404:
                return None
            raise UpstreamUnavailable(status=refusal.status, reason="ledger") from refusal
        return decode(answer, LedgerEntry).balance


def _source(source_id: str) -> dict[str, object]:
    return {"paymentMethod": {"sourceId": source_id}}
