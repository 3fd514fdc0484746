"""Reads messages for shoppers in the language of the operation."""

from typing import Protocol

from gateway.operation.context import Context
from gateway.operation.language import in_language
from gateway.shopper_messages.message import ShopperMessage


class Reported(Protocol):
    """An error, blocker, warning or outcome."""

    @property
    def shopper_message(self) -> ShopperMessage | None: ...


def shopper_message(parent: Reported, ctx: Context) -> str | None:
    return in_language(parent.shopper_message, ctx)
