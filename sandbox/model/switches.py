"""Sandbox switches. Each switch selects one behaviour where Digital River's documentation contradicts itself."""

from dataclasses import dataclass, field, fields
from typing import Literal, NamedTuple, TypeVar, get_args, get_type_hints

T = TypeVar("T")


def _switch(default: T, *meanings: str) -> T:
    """Declare a switch. `meanings` describes its values, in the order of the `Literal` type of the attribute."""
    described: T = field(default=default, metadata={"meaning": "\n".join(meanings)})
    return described


@dataclass
class Switches:
    """Values of all sandbox switches, which `POST /_sandbox/switches` changes."""

    single_as: Literal["list", "object"] = _switch(
        "list",
        "`list`: A collection of one element is a list.",
        "`object`: A collection of one element is that element, as in old conversions from XML.",
    )
    numbers_as: Literal["number", "text"] = _switch(
        "number",
        "`number`: Ids, amounts and quantities are JSON numbers.",
        "`text`: Ids, amounts and quantities are strings.",
    )
    rate_limit_status: Literal[409, 429] = _switch(
        409,
        "`409`: A fault with the code `rate-limit-quota-exceeded` is answered with the status 409.",
        "`429`: A fault with the code `rate-limit-quota-exceeded` is answered with the status 429.",
    )
    payment_amounts: Literal["normal", "strict"] = _switch(
        "normal",
        "`normal`: A source with a fixed amount also pays a total that has increased later.",
        "`strict`: A source with a fixed amount pays only this amount. A higher total needs a new source.",
    )
    session_amounts: Literal["present", "absent"] = _switch(
        "present",
        "`present`: The payment session shows the contributed and the remaining amount.",
        "`absent`: The payment session shows no amounts.",
    )
    shipping_option: Literal["preselected", "open"] = _switch(
        "preselected",
        "`preselected`: Digital River selects the first shipping option.",
        "`open`: The shopper must select a shipping option.",
    )
    category_children: Literal["full", "short"] = _switch(
        "full",
        "`full`: `expand` with the path of the child categories shows all their fields.",
        "`short`: `expand` with the path of the child categories shows a few of their fields.",
    )
    subscription_shopper: Literal["present", "absent"] = _switch(
        "present",
        "`present`: A subscription names its shopper.",
        "`absent`: A subscription does not name its shopper.",
    )
    order_states: Literal["narrow", "ignored"] = _switch(
        "narrow",
        "`narrow`: `orderState` filters the order list.",
        "`ignored`: `orderState` has no effect on the order list.",
    )
    terms: Literal["optional", "required"] = _switch(
        "optional",
        "`optional`: A cart can be submitted before the shopper accepts the terms of sale.",
        "`required`: A cart can be submitted only after the shopper accepts the terms of sale.",
    )
    tax_registrations: Literal["on", "off"] = _switch(
        "on",
        "`on`: The site accepts tax identifiers.",
        "`off`: The site rejects tax identifiers.",
    )
    detached_source: Literal["cancelled", "kept"] = _switch(
        "cancelled",
        "`cancelled`: Detaching a source that is not reusable cancels the source.",
        "`kept`: Detaching a source does not change the source.",
    )
    address_verifier: Literal["off", "on"] = _switch(
        "off",
        "`off`: The site does not verify addresses.",
        "`on`: The site verifies addresses and suggests corrections.",
    )
    saved_option: Literal["shown", "empty"] = _switch(
        "shown",
        "`shown`: Saving a payment option is answered with 201 and the option.",
        "`empty`: Saving a payment option is answered with 204.",
    )
    two_carts: Literal["merged", "guest", "account"] = _switch(
        "merged",
        "`merged`: If guest and account both have a cart with lines, a sign-in merges the lines.",
        "`guest`: If guest and account both have a cart with lines, a sign-in uses the guest's cart.",
        "`account`: If guest and account both have a cart with lines, a sign-in uses the account's cart.",
    )
    guest_cart: Literal["follows", "stays"] = _switch(
        "follows",
        "`follows`: A sign-in with a guest's token moves the guest's cart to the account.",
        "`stays`: A sign-in with a guest's token leaves the account's cart unchanged.",
    )
    scarce_stock: Literal["refused", "reduced"] = _switch(
        "refused",
        "`refused`: A cart line with more units than are in stock is refused.",
        "`reduced`: A cart line gets the units that are in stock, if there are any.",
    )
    zero_total: Literal["free", "needs_source"] = _switch(
        "free",
        "`free`: A cart with a total of 0 needs no source.",
        "`needs_source`: A cart with a total of 0 needs a source.",
    )


class SwitchDescription(NamedTuple):
    name: str
    values: tuple[str | int, ...]
    """Values of the switch, the default first."""
    meaning: str
    """Descriptions of the values, one line for each value."""


def described_switches() -> list[SwitchDescription]:
    values = get_type_hints(Switches)
    return [
        SwitchDescription(switch.name, get_args(values[switch.name]), switch.metadata["meaning"])
        for switch in fields(Switches)
    ]
