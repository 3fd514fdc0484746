"""Switches between readings of the contract where its sources differ."""

from dataclasses import dataclass, field, fields
from typing import Literal, NamedTuple, TypeVar, get_args, get_type_hints

T = TypeVar("T")


def _switch(default: T, meaning: str) -> T:
    """`meaning` is shown at `/_sandbox/`."""
    described: T = field(default=default, metadata={"meaning": meaning})
    return described


@dataclass
class Switches:
    """Set with `POST /_sandbox/switches`, or directly in a test. The first value of each is the default."""

    single_as: Literal["list", "object"] = _switch(
        "list", "A collection of one element is a list, or the bare element as in old XML conversions."
    )
    numbers_as: Literal["number", "text"] = _switch(
        "number", "Ids, amounts and quantities are JSON numbers, or strings."
    )
    rate_limit_status: Literal[409, 429] = _switch(
        409, "Status of the code `rate-limit-quota-exceeded`, which a fault can cause."
    )
    payment_amounts: Literal["normal", "strict"] = _switch(
        "normal",
        "A source of a fixed amount still pays a total that has grown, or the session is back in `requires_source`.",
    )
    session_amounts: Literal["present", "absent"] = _switch(
        "present", "The payment session shows its two amounts, or never does."
    )
    shipping_option: Literal["preselected", "open"] = _switch(
        "preselected", "Digital River chooses the first shipping option, or none."
    )
    category_children: Literal["full", "short"] = _switch(
        "full", "`expand` with the path of a category's children shows them in full, or in short."
    )
    subscription_shopper: Literal["present", "absent"] = _switch(
        "present", "A subscription names its shopper, or does not."
    )
    order_states: Literal["narrow", "ignored"] = _switch(
        "narrow", "`orderState` filters a list of orders, or is ignored."
    )
    terms: Literal["optional", "required"] = _switch(
        "optional", "A cart is submitted without accepted terms of sale, or only with them."
    )
    tax_registrations: Literal["on", "off"] = _switch("on", "The site accepts tax identifiers, or refuses them.")
    detached_source: Literal["cancelled", "kept"] = _switch(
        "cancelled", "Detaching a source of single use cancels it, or leaves it as it was."
    )
    address_verifier: Literal["off", "on"] = _switch(
        "off", "The site accepts addresses as they are, or verifies them and offers corrections."
    )
    saved_option: Literal["shown", "empty"] = _switch(
        "shown", "Saving a payment option is answered with 201 and the option, or with 204."
    )
    two_carts: Literal["merged", "guest", "account"] = _switch(
        "merged", "Lines after a sign-in, if guest and account both have a cart: all, the guest's, or the account's."
    )
    guest_cart: Literal["follows", "stays"] = _switch(
        "follows", "A sign-in with a guest's token moves the guest's cart to the account, or does not."
    )
    zero_total: Literal["free", "needs_source"] = _switch(
        "free", "A cart that costs nothing is submitted without a source, or only with one."
    )


class SwitchDescription(NamedTuple):
    name: str
    values: tuple[str | int, ...]
    """The first is the default."""
    meaning: str


def described_switches() -> list[SwitchDescription]:
    values = get_type_hints(Switches)
    return [
        SwitchDescription(switch.name, get_args(values[switch.name]), switch.metadata["meaning"])
        for switch in fields(Switches)
    ]
