"""Endpoints of the active cart: lines, addresses, shipping, offers and tax identifiers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec

from gateway.enums import AddressKind, CustomerType
from gateway.upstream.cart import Cart, CartAnswer
from gateway.upstream.changes import CartChange, ChangedLine, LineOffer, NewLine, changed_lines
from gateway.upstream.decoding import decode, decode_whole, first, many
from gateway.upstream.endpoints.paths import CART
from gateway.upstream.ids import path_part
from gateway.upstream.lines import RecurringTerms
from gateway.upstream.offers import Offer, Offers
from gateway.upstream.retrying_calls import Calls, Repeat
from gateway.upstream.tax import SchemaNode, TaxIdentifierRequirement, tax_requirements


class AppliedOffers(msgspec.Struct, frozen=True, rename="camel"):
    """Offers that are applied to the cart. Digital River sends them as `offers` or as `appliedOffers`."""

    offers: Offers | None = None
    applied_offers: Offers | None = None


@dataclass(frozen=True)
class CartEndpoints:
    """Calls for the active cart. `token` is the access token of the shopper who owns the cart."""

    calls: Calls

    async def active_cart(self, token: str) -> Cart:
        return decode(await self.calls.read(CART, token, {"expand": "all"}), CartAnswer).cart

    async def add_lines(
        self, token: str, lines: Sequence[NewLine], line_offer: LineOffer | None = None
    ) -> list[ChangedLine]:
        """Add lines. Return the changed lines of the cart, as far as the answer has them."""
        body = {"lineItems": {"lineItem": [line.wire() for line in lines]}}
        params = line_offer.params() if line_offer else None
        return changed_lines(await self.calls.change("POST", f"{CART}/line-items", token, params, json=body))

    async def update_line(
        self, token: str, line_id: str, quantity: int | None = None, terms: RecurringTerms | None = None
    ) -> list[ChangedLine]:
        """Change the quantity and the recurring terms of a cart line. If an argument is None, its value is not
        changed. Return the changed line, if the answer has it."""
        params = {"action": "update"} | ({"quantity": str(quantity)} if quantity is not None else {})
        body = {"lineItem": {"subscriptionInfo": terms.wire()}} if terms is not None else None
        path = f"{CART}/line-items/{path_part(line_id)}"
        return changed_lines(await self.calls.change("POST", path, token, params, json=body))

    async def remove_lines(self, token: str, line_ids: Sequence[str]) -> None:
        params = {"lineItemsId": ",".join(path_part(line_id) for line_id in line_ids)}
        await self.calls.change("DELETE", f"{CART}/line-items", token, params)

    async def update_cart(self, token: str, change: CartChange) -> Cart:
        """Change addresses, organization, terms of sale, a coupon and an offer in one call."""
        params = {} if change.coupon_code is None else {"promoCode": change.coupon_code}
        parts = change.wire()
        return await self._changed(CART, token, params, {"cart": parts} if parts else None)

    async def apply_shipping_option(self, token: str, option_id: str) -> Cart:
        return await self._changed(f"{CART}/apply-shipping-option", token, {"shippingOptionId": option_id})

    async def apply_suggestion(self, token: str, kind: AddressKind, suggestion_id: str) -> Cart:
        """Replace the billing or shipping address of the cart with a suggested correction."""
        path = f"{CART}/apply-{kind.value.lower()}-address"
        return await self._changed(path, token, {"suggestionId": suggestion_id})

    async def apply_shopper(
        self, token: str, *, billing_id: str | None, shipping_id: str | None, option_id: str | None
    ) -> Cart:
        """Copy two saved addresses and a saved payment option from the account to the cart.

        If an id is None, Digital River copies the default of the account.
        """
        ids = {"billingAddressId": billing_id, "shippingAddressId": shipping_id, "paymentOptionId": option_id}
        params = {name: saved_id for name, saved_id in ids.items() if saved_id is not None}
        return await self._changed(f"{CART}/apply-shopper", token, params)

    async def _changed(self, path: str, token: str, params: Mapping[str, str], json: object = None) -> Cart:
        """Send a change of the cart, and return the changed cart."""
        body = await self.calls.send(
            "POST", path, token=token, params={"expand": "all"} | dict(params), json=json, repeat=Repeat.CHANGE
        )
        return decode(body, CartAnswer).cart

    # Calls for offers.

    async def applied_offers(self, token: str) -> list[Offer]:
        answer = decode(await self.calls.read(f"{CART}/applied-offers", token, {"expand": "all"}), AppliedOffers)
        offers = first(answer.offers, answer.applied_offers)
        return many(offers.offer) if offers else []

    async def remove_offer(self, token: str, offer_id: str) -> None:
        await self.calls.change("DELETE", f"{CART}/applied-offers/{path_part(offer_id)}", token)

    # Calls for tax identifiers.

    async def tax_requirements(self, token: str) -> list[TaxIdentifierRequirement]:
        body = await self.calls.read(f"{CART}/tax-registrations/schema", token, {})
        return tax_requirements(decode_whole(body, SchemaNode))

    async def set_tax_identifiers(self, token: str, kind: CustomerType, identifiers: Mapping[str, str]) -> None:
        """Set the customer type, and replace all tax identifiers of the cart. `identifiers` contains the value of each
        tax identifier by its key."""
        entries = [{"key": key, "value": value} for key, value in identifiers.items()]
        body = {"customerType": kind.value} | ({"taxRegistrations": entries} if entries else {})
        await self.calls.change("POST", f"{CART}/tax-registrations", token, json=body)

    async def remove_tax_identifiers(self, token: str) -> None:
        await self.calls.change("DELETE", f"{CART}/tax-registrations", token)
