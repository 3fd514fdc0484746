"""Store credit: the amount that a cart can use, and the obstacles to using store credit.

Store credit pays a fixed amount first. A primary source pays the remaining amount. The merchant's ledger holds the
balance, reserves amounts and debits them.
"""

from collections.abc import Mapping
from datetime import datetime

from gateway.amounts.money import Money, has_digits_of_its_currency, zero
from gateway.enums import ErrorCode, PaymentSessionState, StoreCreditObstacle
from gateway.errors import UpstreamInvalidResponse
from gateway.payments.payment_session import SUPPORTS_STORE_CREDIT
from gateway.refusals.user_errors import AnyUserError, InputError, Path, StoreCreditError, invalid
from gateway.upstream.cart import Cart
from gateway.upstream.catalog import InventoryStatus
from gateway.upstream.decoding import Shape
from gateway.upstream.lines import CartLine

Obstacle = StoreCreditObstacle
StockById = Mapping[str, InventoryStatus]
"""Stock of products, by upstream product id."""


class StoreCreditAccount(Shape, frozen=True, kw_only=True):
    balance: Money
    as_of: datetime
    usable_on_cart: Money | None
    obstacles: list[Obstacle]


def account(cart: Cart, balance: Money, stock: StockById, now: datetime) -> StoreCreditAccount:
    obstacles = [*conflicts(cart, stock), *_obstacles_of_balance(cart, balance)]
    total = cart.order_total
    usable = None
    if total is not None:
        usable = zero(total.currency_code)
        if not obstacles:
            usable = Money(min(balance.amount, total.amount), total.currency_code)
    return StoreCreditAccount(balance=balance, as_of=now, usable_on_cart=usable, obstacles=obstacles)


def conflicts(cart: Cart, stock: StockById) -> list[Obstacle]:
    """Obstacles to store credit that come from the cart, not from the balance."""
    primary = cart.primary_source
    of_lines = {_obstacle_of_line(line, stock) for line in cart.lines}
    applies = {
        Obstacle.SUBSCRIPTION_LINE: cart.recurs,
        Obstacle.PREORDER_LINE: Obstacle.PREORDER_LINE in of_lines,
        Obstacle.BACKORDER_LINE: Obstacle.BACKORDER_LINE in of_lines,
        Obstacle.PRIMARY_SOURCE_NOT_COMBINABLE: primary is not None and primary.type not in SUPPORTS_STORE_CREDIT,
    }
    return [obstacle for obstacle, is_present in applies.items() if is_present]


def _obstacle_of_line(line: CartLine, stock: StockById) -> Obstacle | None:
    """The obstacle if the line is a pre-order or a backorder, otherwise None.

    Digital River reports an expected stock date only for pre-orders.
    """
    status = stock.get(line.product.upstream_id)
    if status is None or not status.allows_backorder:
        return None
    available, needed = status.available_quantity, line.quantity
    if status.is_in_stock and (available is None or (needed is not None and available >= needed)):
        return None
    return Obstacle.BACKORDER_LINE if status.expected_in_stock_date is None else Obstacle.PREORDER_LINE


def _obstacles_of_balance(cart: Cart, balance: Money) -> list[Obstacle]:
    if balance.amount <= 0:
        return [Obstacle.NO_BALANCE]
    return [Obstacle.CURRENCY_MISMATCH] if cart.currency_code not in (None, balance.currency_code) else []


def problem(cart: Cart, credit: StoreCreditAccount, requested: Money | None, path: Path) -> AnyUserError | None:
    """The error if the amount `requested` cannot be used; None if it can be used.

    If `requested` is None, the largest usable amount is checked. Raises `UpstreamInvalidResponse` if the total of the
    cart is unknown.
    """
    if credit.obstacles:
        code = (
            ErrorCode.STORE_CREDIT_INSUFFICIENT
            if credit.obstacles == [Obstacle.NO_BALANCE]
            else ErrorCode.STORE_CREDIT_NOT_ALLOWED
        )
        return _error(code, "Store credit cannot be used on this cart; see `obstacles`.", credit, ())
    if requested is not None and (malformed := _malformed(cart, requested, path)) is not None:
        return malformed
    if credit.usable_on_cart is None:
        raise UpstreamInvalidResponse(detail="cart without total")
    amount = (requested or credit.usable_on_cart).amount
    if amount == 0:
        message = "The cart's total is zero: there is nothing to pay."
        return _error(ErrorCode.STORE_CREDIT_INSUFFICIENT, message, credit, ())
    if amount > credit.usable_on_cart.amount:
        message = "The amount is larger than the balance or than the cart's total; see `usableAmount`."
        return _error(ErrorCode.STORE_CREDIT_INSUFFICIENT, message, credit, (*path, "amount"))
    return None


def _malformed(cart: Cart, requested: Money, path: Path) -> InputError | None:
    if requested.currency_code != cart.currency_code:
        return invalid((*path, "currencyCode"), f"The currency must be the cart's: {cart.currency_code}.")
    if requested.amount <= 0:
        message = "The amount must be above zero. Leave out `input.amount` to use as much as possible."
        return invalid((*path, "amount"), message)
    if not has_digits_of_its_currency(requested):
        return invalid((*path, "amount"), f"The amount has more decimal places than {requested.currency_code} has.")
    return None


def _error(code: ErrorCode, message: str, credit: StoreCreditAccount, path: Path) -> StoreCreditError:
    return StoreCreditError(
        code=code, message=message, path=path, usable_amount=credit.usable_on_cart, obstacles=credit.obstacles
    )


def covers_alone(cart: Cart) -> bool | None:
    """Whether store credit alone pays the total. None if the cart has no store credit, or has a primary source."""
    session = cart.payment_session
    if session is None or cart.secondary_source is None or cart.primary_source is not None:
        return None
    return session.state is PaymentSessionState.REQUIRES_CONFIRMATION
