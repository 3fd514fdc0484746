"""The log lines of a submission: one for each step, with all that names the submission. They are never folded."""

import logging

from gateway.orders.attempts import AttemptRecord
from gateway.orders.outcomes import (
    OrderActionRequired,
    OrderAwaitingPayment,
    OrderBlocked,
    OrderInDoubt,
    OrderPlaced,
    PlacedWithoutNumber,
    Result,
)

log = logging.getLogger(__name__)


def log_step(event: str, record: AttemptRecord, session: str, result: Result | None, evidence: str | None) -> None:
    """Log a step. `session`: the hash of the session. `result`: the outcome, for a step that has one."""
    fields: dict[str, object] = {"key": str(record.key), "session": session}
    if record.order_id is not None:
        fields["cart"] = record.order_id
    if result is not None:
        fields["outcome"] = result.status.name
        if isinstance(result, OrderBlocked):
            fields["codes"] = [blocker.code.name for blocker in result.blockers]
        if (number := order_number(result)) is not None:
            fields["order"] = number
    if evidence is not None:
        fields["evidence"] = evidence
    log.log(_level(result), event, extra=fields)


def order_number(result: Result | None) -> str | None:
    match result:
        case OrderPlaced() | OrderAwaitingPayment():
            return result.order.number
        case OrderActionRequired(pending_order=order) if order is not None:
            return order.number
        case _:
            return None


def _level(result: Result | None) -> int:
    """An order in doubt is settled by the gateway, and an order without a number is found at Digital River. Both need
    somebody only if they do not remain alone."""
    return logging.WARNING if isinstance(result, OrderInDoubt | PlacedWithoutNumber) else logging.INFO
