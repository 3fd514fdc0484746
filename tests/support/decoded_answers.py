"""Decodes a body of Digital River as the gateway does, and compares what is left of the answer after a change.

Two views of an answer are compared. The first has the fields of the decoded objects. The second has everything that can
be read from these objects, such as the sources of an order, of which only the number is compared.
"""

import inspect
import json
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any

import msgspec

from gateway.amounts.money import Money
from gateway.errors import UpstreamInvalidResponse
from gateway.upstream import error_envelopes
from gateway.upstream.cart import Cart, CartAnswer, LineItems, ShippingOptions, WireShippingOption
from gateway.upstream.catalog import InventoryStatus, WireProductPricing
from gateway.upstream.decoding import CUT, decode, decode_whole
from gateway.upstream.endpoints import account, cart, catalog, contracts, orders, payments
from gateway.upstream.lines import CartLine
from gateway.upstream.oauth import Tokens
from gateway.upstream.order import SubmissionAnswer
from gateway.upstream.payment import CartPaymentSession, PaymentMethodList
from gateway.upstream.shopper import payment_option, saved_address
from gateway.upstream.tax import SchemaNode
from tests.support.changed_fields import Change, Path, differences

Decoder = Callable[[bytes], Any]


class Parts(msgspec.Struct, frozen=True, rename="camel"):
    """Parts of an answer that Digital River's documentation also shows alone."""

    line_item: CartLine | None = None
    line_items: LineItems | None = None
    pricing: WireProductPricing | None = None
    inventory_status: InventoryStatus | None = None
    shipping_option: WireShippingOption | None = None
    shipping_options: ShippingOptions | None = None


def _as(kind: type) -> Decoder:
    return lambda body: decode(body, kind)


DECODERS: dict[str, Decoder] = {
    "access_token": _as(Tokens),
    "cart": _as(CartAnswer),
    "submitCart": _as(SubmissionAnswer),
    "resumeCart": _as(SubmissionAnswer),
    "errors": lambda body: error_envelopes.refusal(409, error_envelopes.error_in(body)).args,
    "error": lambda body: error_envelopes.refusal(400, error_envelopes.error_in(body)).args,
    "oneOf": lambda body: decode_whole(body, SchemaNode),
    "sessionInformation": _as(PaymentMethodList),
    "paymentMethods": _as(payments.CartMethodsAnswer),
    "balance": _as(payments.LedgerEntry),
    **dict.fromkeys(("order", "orders"), _as(orders.Answer)),
    **dict.fromkeys(("shopper", "addresses", "address", "paymentOptions", "paymentOption"), _as(account.Answer)),
    **dict.fromkeys(
        ("product", "products", "variations", "volumePricing", "category", "categories", "offer"), _as(catalog.Answer)
    ),
    **dict.fromkeys(("offers", "appliedOffers"), _as(cart.AppliedOffers)),
    **dict.fromkeys(("subscriptions", "subscription", "pendingActions"), _as(contracts.Answer)),
    **dict.fromkeys(("paymentSession", "paymentMethod", "taxRegistrations"), _as(Cart)),
    "reusable": _as(payments.CreatedSource),
    "status": _as(CartPaymentSession),
    **dict.fromkeys(Parts.__struct_encode_fields__, _as(Parts)),
}
"""The decoder of an answer by a field of its outermost object. The first field that the answer has decides."""

NAMES = frozenset({"id", "value", "currency", "key", "type", "sourceId", "access_token", "$ref"})
"""Fields without which the object that has them has no meaning: an entry of a list without its id is left out, and an
amount without its value or its currency is no amount."""

NAMES_IN = frozenset(
    {
        ("productOffer", "product"),
        ("payment", "paymentMethodName"),
        ("product", "uri"),
        ("Warnings", "Code"),
        ("warnings", "code"),
    }
)
"""Further fields of this kind, with the field that contains their object."""

DECIDES = frozenset({"flow", "orderState"})
"""Fields that decide whether an order has payment instructions to show."""

INSTRUCTIONS = "details"
"""List of payment instructions. Each field of a source is an entry of the list."""

PICTURES = "images"
"""List of the pictures of a product and of its variations. Each of these has one entry at most."""

PICTURE = frozenset({"thumbnailImage", "productImage"})
"""Fields from which an entry of `PICTURES` is derived."""

WHOLE_OR_NOTHING = frozenset({"oneOf", "access_token", "balance"})
"""Outermost fields of the answers that are read whole: rules for tax identifiers, tokens and the balance of store
credit."""


def decoder_of(body: Any) -> Decoder | None:
    """The decoder of an answer; None if the gateway reads no answer with these fields."""
    if not isinstance(body, dict):
        return None
    products = body.get("products")
    if isinstance(products, dict) and "inventoryStatus" in products:
        return _as(catalog.StockAnswer)
    return next((decoder for name, decoder in DECODERS.items() if name in body), None)


def loses_name(change: Change) -> bool:
    """Whether the object that contains the field has no meaning after the change."""
    *parents, last = change.path
    owner = next((key for key in reversed(parents) if isinstance(key, str)), None)
    return (last in NAMES or (owner, last) in NAMES_IN) and not change.keeps_value


def may_be_invalid(body: Any, change: Change) -> bool:
    """Whether the answer may be invalid as a whole after the change: its outermost object is missing, or the object of
    which the answer consists has no meaning, or the answer has to be read whole."""
    depth = len(change.path)
    return depth == 1 or (loses_name(change) and depth == 2) or bool(WHOLE_OR_NOTHING & {*body})


def may_lose_entry(name: str, change: Change) -> bool:
    """Whether the list with this name may lose an entry, because the entry is derived from the changed field."""
    is_picture = name == PICTURES and change.path[-1] in PICTURE and not change.keeps_value
    return name == INSTRUCTIONS or is_picture


class Answer:
    """An answer of Digital River with its decoder, and what can be read from it."""

    def __init__(self, body: Any, decoder: Decoder) -> None:
        self.body = body
        self._decoder = decoder
        answer = self._decoded(body)
        self._fields = _fields(answer)
        self._entries = dict(_entries(answer))

    def losses(self, change: Change) -> Iterator[str]:
        """Yield what the decoded answer loses by the change, other than the changed field."""
        *parents, last = change.path
        is_named = loses_name(change)
        try:
            after = self._decoded(change.apply(self.body))
        except UpstreamInvalidResponse:
            if not may_be_invalid(self.body, change):
                yield f"{change}: the answer is invalid"
            return
        allowed: Path = tuple(parents) if is_named else change.path
        keeps_value = change.keeps_value and isinstance(change.old, str | int | float)
        for path in differences(self._fields, _fields(after), removed=change.path):
            if CUT not in path and (keeps_value or path[: len(allowed)] != allowed):
                yield f"{change}: {'.'.join(map(str, path))} is lost"
        if isinstance(change.old, dict | list) or is_named or (last in DECIDES and not change.keeps_value):
            return
        entries = dict(_entries(after))
        for name, count in self._entries.items():
            if entries.get(name, 0) < count - may_lose_entry(name.rpartition(".")[2], change):
                yield f"{change}: {name} has {entries.get(name, 0)} entries instead of {count}"

    def _decoded(self, body: Any) -> Any:
        return self._decoder(json.dumps(body).encode())


def _fields(answer: Any) -> Any:
    return msgspec.to_builtins(answer, builtin_types=(Decimal,))


def _entries(value: Any, path: str = "") -> Iterator[tuple[str, int]]:
    """Yield the number of entries of every list that can be read from a decoded answer, by path."""
    if isinstance(value, list | tuple):
        yield path, len(value)
        for index, entry in enumerate(value):
            yield from _entries(entry, f"{path}.{index}")
    elif isinstance(value, msgspec.Struct) and not isinstance(value, Money):
        for name in _readable(type(value)):
            yield from _entries(getattr(value, name), f"{path}.{name}")
    elif isinstance(value, dict):
        for read in (saved_address, payment_option):
            yield path, len([entry for entry in [read(value)] if entry is not None])
    elif not isinstance(value, Money | str | int | float | Decimal | date | Enum | None):
        raise TypeError(type(value))


SAME = frozenset({"if_known", "known_product"})
"""Properties that return the object itself, or an object that another property returns too."""


@cache
def _readable(kind: type[msgspec.Struct]) -> list[str]:
    """Names of the fields and the properties of a shape."""
    properties = inspect.getmembers(kind, lambda member: hasattr(member, "fget") or hasattr(member, "attrname"))
    return [*kind.__struct_fields__, *(name for name, _ in properties if name not in SAME and name[0] != "_")]
