"""Which codes have a message for shoppers, and with which values. The messages are in `languages/`.

A message for shoppers is found by its key, such as `ErrorCode.COUPON_INVALID`. A code with several messages has a
variant after it: `CheckoutBlockerCode.ADDRESS_MISSING.billing`.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from gateway.amounts.money import Money
from gateway.enums import (
    CheckoutBlockerCode,
    DeclineAdvice,
    ErrorCode,
    GraphEnum,
    PaymentRequirementKind,
    SubmissionStatus,
    WarningCode,
)

Blocker = CheckoutBlockerCode

Value = int | str | Money

ENUMS: tuple[type[GraphEnum], ...] = (
    ErrorCode,
    CheckoutBlockerCode,
    SubmissionStatus,
    DeclineAdvice,
    WarningCode,
    PaymentRequirementKind,
)
"""The enums whose codes may have a message for shoppers."""

WITHOUT_MESSAGE: frozenset[GraphEnum] = frozenset(
    {
        ErrorCode.PAYMENT_SESSION_MISSING,
        ErrorCode.IDEMPOTENCY_KEY_REUSED,
        Blocker.PAYMENT_SESSION_MISSING,
        SubmissionStatus.IN_PROGRESS,
        SubmissionStatus.DECLINED,
        WarningCode.SOURCES_REORDERED,
        WarningCode.SESSION_COOKIE_NOT_KEPT,
        WarningCode.VARIABLE_UNDEFINED,
        WarningCode.SESSION_KEPT,
    }
)
"""Codes about which a shopper can do nothing, and DECLINED, whose message is that of the decline's advice."""

QUANTITY_RANGES = {"range": ("minimum", "maximum"), "minimum": ("minimum",), "maximum": ("maximum",)}

VARIANTS: Mapping[GraphEnum, Mapping[str, tuple[str, ...]]] = {
    ErrorCode.INVALID_INPUT: dict.fromkeys(
        ("", "email", "postalCode", "countryCode", "phoneNumber", "nickname", "lastFourDigits", "amount"), ()
    ),
    ErrorCode.NOT_FOUND: dict.fromkeys(("", "order", "product", "line", "offer", "address", "paymentOption"), ()),
    ErrorCode.CART_LOCKED: {"": (), "approve": ()},
    ErrorCode.SOURCE_NOT_CHARGEABLE: {"": (), "approve": (), "approved": ()},
    ErrorCode.INSUFFICIENT_STOCK: {"": (), "soldOut": (), "limited": ("available",)},
    ErrorCode.QUANTITY_OUT_OF_RANGE: {"": (), **QUANTITY_RANGES},
    ErrorCode.STORE_CREDIT_INSUFFICIENT: {"": (), "limited": ("usable",)},
    ErrorCode.UPSTREAM_UNAVAILABLE: {"": (), "unchanged": ()},
    ErrorCode.STORE_UNAVAILABLE: {"": (), "unchanged": ()},
    Blocker.LINE_UNAVAILABLE: {"": ("product",)},
    Blocker.INSUFFICIENT_STOCK: {"": ("product",), "soldOut": ("product",), "limited": ("product", "available")},
    Blocker.QUANTITY_OUT_OF_RANGE: {
        variant: ("product", *values) for variant, values in {"": (), **QUANTITY_RANGES}.items()
    },
    Blocker.ADDRESS_MISSING: {"billing": (), "shipping": ()},
    Blocker.ADDRESS_INCOMPLETE: {"billing": (), "shipping": ()},
    Blocker.COUNTRY_NOT_SERVED: {"billing": (), "shipping": ()},
    Blocker.PAYMENT_SESSION_NOT_READY: {"": (), "collect": (), "approve": (), "wait": ()},
    Blocker.TOTAL_CHANGED: {"": ("total",)},
    WarningCode.CART_CHANGED_BY_SIGN_IN: {"": (), "known": ("before", "after")},
    WarningCode.QUANTITY_REDUCED: {"": (), "known": ("after",)},
    WarningCode.TOTAL_CHANGED: {"": (), "known": ("total",)},
    PaymentRequirementKind.FUNDS: {"": (), "remaining": ("amount",)},
}
"""The variants of a code's message, each with the names of its values. Any other code has one variant without values.
"""


class ShopperMessage(NamedTuple):
    """A message for the shopper, before its language is known."""

    key: str
    values: Mapping[str, Value] = {}


def shopper_message(code: GraphEnum, variant: str = "", **values: Value) -> ShopperMessage | None:
    """The message for shoppers of a code; None if the shopper can do nothing."""
    return None if code in WITHOUT_MESSAGE else ShopperMessage(_key(code, variant), values)


def quantity_message(
    code: GraphEnum, *, available: int | None, minimum: int | None, maximum: int | None, **product: str
) -> ShopperMessage | None:
    """The message about a quantity that cannot be bought, with the quantities that are known."""
    match code.name:
        case "INSUFFICIENT_STOCK" if available is not None:
            if available > 0:
                return shopper_message(code, "limited", available=available, **product)
            return shopper_message(code, "soldOut", **product)
        case "QUANTITY_OUT_OF_RANGE" if minimum is not None and maximum is not None:
            return shopper_message(code, "range", minimum=minimum, maximum=maximum, **product)
        case "QUANTITY_OUT_OF_RANGE" if minimum is not None:
            return shopper_message(code, "minimum", minimum=minimum, **product)
        case "QUANTITY_OUT_OF_RANGE" if maximum is not None:
            return shopper_message(code, "maximum", maximum=maximum, **product)
        case _:
            return shopper_message(code, **product)


def declared_messages() -> Iterator[tuple[GraphEnum, str, tuple[str, ...]]]:
    """Yield the code, the key and the names of the values of each message."""
    for code in (code for enum in ENUMS for code in enum if code not in WITHOUT_MESSAGE):
        for variant, values in VARIANTS.get(code, {"": ()}).items():
            yield code, _key(code, variant), values


def _key(code: GraphEnum, variant: str) -> str:
    key = f"{type(code).__name__}.{code.name}"
    return f"{key}.{variant}" if variant else key
