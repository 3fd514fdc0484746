"""The log lines of a submission: one for each step, with all that names the submission. They are never folded.

The outcomes are counted in the metrics as well."""

import logging

from gateway.metrics.submissions import OUTCOMES
from gateway.orders.attempts import AttemptRecord
from gateway.orders.outcomes import OrderBlocked, OrderInDoubt, PlacedWithoutNumber, Result, order_number

log = logging.getLogger(__name__)

STILL_IN_DOUBT = "submission still in doubt"
"""Logged for a doubt that was counted before."""


def log_step(event: str, record: AttemptRecord, session: str, result: Result | None) -> None:
    """Log a step. `session`: the hash of the session. `result`: the outcome, for a step that has one."""
    fields: dict[str, object] = {"key": str(record.key), "session": session}
    if record.order_id is not None:
        fields["cart"] = record.order_id
    if result is not None:
        if event != STILL_IN_DOUBT:
            OUTCOMES.labels(result.status.name.lower()).inc()
        fields["outcome"] = result.status.name
        if isinstance(result, OrderBlocked):
            fields["codes"] = [blocker.code.name for blocker in result.blockers]
        if (number := order_number(result)) is not None:
            fields["order"] = number
    if result is not None and record.proof is not None:
        fields["evidence"] = record.proof
    log.log(_level(result), event, extra=fields)


def _level(result: Result | None) -> int:
    """An order in doubt is settled by the gateway, and an order without a number is found at Digital River. Both are
    a matter for operators only if they repeat."""
    return logging.WARNING if isinstance(result, OrderInDoubt | PlacedWithoutNumber) else logging.INFO
