"""Store credit: how much of it a cart can use, and what stands against it.

Credit pays first and its own amount only; a primary source pays the rest. The balance is the merchant's
ledger's, and so are holding and debiting.
"""

from collections.abc import Mapping
from datetime import datetime

from gateway.enums import ErrorCode, PaymentSessionState, StoreCreditObstacle
from gateway.money import Money, has_digits_of_its_currency, zero
from gateway.payments.payment_session import SUPPORTS_STORE_CREDIT
from gateway.refusals.user_errors import AnyUserError, InputError, Path, StoreCreditError, invalid
from gateway.upstream.cart import Cart
from gateway.upstream.catalog import InventoryStatus
from gateway.upstream.decoding import Shape
from gateway.upstream.lines import CartLine

Obstacle = StoreCreditObstacle
Stock = Mapping[str, InventoryStatus]
"""By upstream product id."""


class StoreCreditAccount(Shape, frozen=True, kw_only=True):
    balance: Money
    as_of: datetime
    usable_on_cart: Money
    obstacles: list[Obstacle]


def account(cart: Cart, balance: Money, stock: Stock, now: datetime) -> StoreCreditAccount:
    found = [*conflicts(cart, stock), *_of_balance(cart, balance)]
    least = min(balance.amount, cart.order_total.amount)
    usable = zero(cart.currency_code) if found else Money(least, cart.currency_code)
    return StoreCreditAccount(balance=balance, as_of=now, usable_on_cart=usable, obstacles=found)


def conflicts(cart: Cart, stock: Stock) -> list[Obstacle]:
    """Why no credit fits this cart, whatever its amount."""
    primary = cart.primary_source
    waits = {_waits(line, stock) for line in cart.lines}
    found = {
        Obstacle.SUBSCRIPTION_LINE: cart.recurs,
        Obstacle.PREORDER_LINE: Obstacle.PREORDER_LINE in waits,
        Obstacle.BACKORDER_LINE: Obstacle.BACKORDER_LINE in waits,
        Obstacle.PRIMARY_SOURCE_NOT_COMBINABLE: primary is not None and primary.type not in SUPPORTS_STORE_CREDIT,
    }
    return [obstacle for obstacle, stands in found.items() if stands]


def _waits(line: CartLine, stock: Stock) -> Obstacle | None:
    """A line that is sold before it is there. Upstream has no word for a pre-order: it has a day to expect it."""
    known = stock.get(line.product.upstream_id)
    if known is None or not known.allows_backorder:
        return None
    has_enough = known.is_in_stock and (known.available_quantity is None or known.available_quantity >= line.quantity)
    if has_enough:
        return None
    return Obstacle.BACKORDER_LINE if known.expected_in_stock_date is None else Obstacle.PREORDER_LINE


def _of_balance(cart: Cart, balance: Money) -> list[Obstacle]:
    if balance.amount <= 0:
        return [Obstacle.NO_BALANCE]
    return [Obstacle.CURRENCY_MISMATCH] if balance.currency_code != cart.currency_code else []


def problem(cart: Cart, credit: StoreCreditAccount, asked: Money | None, path: Path) -> AnyUserError | None:
    """Why this amount, or as much as possible, cannot be used; None when it can."""
    if credit.obstacles:
        code = (
            ErrorCode.STORE_CREDIT_INSUFFICIENT
            if credit.obstacles == [Obstacle.NO_BALANCE]
            else ErrorCode.STORE_CREDIT_NOT_ALLOWED
        )
        return _refused(code, "Store credit cannot be used on this cart; obstacles tell why.", credit, ())
    if asked is None:
        asked = credit.usable_on_cart
    elif (malformed := _malformed(cart, asked, path)) is not None:
        return malformed
    if asked.amount == 0:
        return _refused(ErrorCode.STORE_CREDIT_INSUFFICIENT, "There is nothing to pay.", credit, ())
    if asked.amount > credit.usable_on_cart.amount:
        message = "This is more than the balance, or more than there is to pay."
        return _refused(ErrorCode.STORE_CREDIT_INSUFFICIENT, message, credit, (*path, "amount"))
    return None


def _malformed(cart: Cart, asked: Money, path: Path) -> InputError | None:
    if asked.currency_code != cart.currency_code:
        return invalid((*path, "currencyCode"), f"The cart is in {cart.currency_code}.")
    if asked.amount <= 0:
        return invalid((*path, "amount"), "Give an amount above zero, or none for as much as possible.")
    if not has_digits_of_its_currency(asked):
        return invalid((*path, "amount"), f"{asked.currency_code} has fewer digits than that.")
    return None


def _refused(code: ErrorCode, message: str, credit: StoreCreditAccount, path: Path) -> StoreCreditError:
    return StoreCreditError(
        code=code, message=message, path=path, usable_amount=credit.usable_on_cart, obstacles=credit.obstacles
    )


def covers_alone(cart: Cart) -> bool | None:
    """Whether credit pays all of the cart; None when there is none, or a primary source beside it."""
    session = cart.payment_session
    if session is None or cart.secondary_source is None or cart.primary_source is not None:
        return None
    return session.state is PaymentSessionState.REQUIRES_CONFIRMATION
