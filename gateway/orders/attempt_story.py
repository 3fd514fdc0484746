"""What an operator reads about a submission attempt: what happened, what happens next, and what to do.

It has no personal data: only ids, times, states and codes.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from gateway.orders.attempt_search import StoredAttempt
from gateway.orders.attempts import AttemptRecord, Stage
from gateway.orders.outcomes import (
    OrderActionRequired,
    OrderAwaitingPayment,
    OrderBlocked,
    OrderDeclined,
    OrderInDoubt,
    OrderNotPlaced,
    OrderPlaced,
    PlacedWithoutNumber,
    order_number,
)
from gateway.sessions.session_hash import SessionHashes
from gateway.settings.settings import Settings

NOTHING_CHARGED = "Nothing to repair: nothing was charged. The shopper can submit again with a new key."

AT_DIGITAL_RIVER = "look for the order number, which is the id of the cart, at Digital River"

LONGEST_NORMAL_DOUBT = timedelta(minutes=10)
"""Age from which a doubt is a case for people: the quiet time and some checks have passed, or Digital River is down."""


class Advice(NamedTuple):
    state: str
    next: str
    """What the gateway does next by itself."""
    do: str


def story(
    stored: StoredAttempt, record: AttemptRecord, settings: Settings, hashes: SessionHashes
) -> Iterator[tuple[str, str]]:
    """Names and values of what is known about the attempt, in the order in which they are printed."""
    result = record.result
    advice = _advice(stored, record, settings)
    yield "key", str(record.key)
    yield "state", advice.state
    yield "stage", record.stage.value
    yield "outcome", record.status.name
    if isinstance(result, OrderBlocked):
        yield "blockers", ", ".join(blocker.code.name for blocker in result.blockers)
    if isinstance(result, OrderDeclined):
        yield "decline", f"{result.decline.severity.name}, advice {result.decline.advice.name}"
    yield "evidence", _evidence(record)
    yield "order", _number(record) or "none known"
    yield "cart", record.order_id or "unknown until the order is sent"
    yield "started", _time(record.started_at)
    yield "sent", _time(record.sent_at) if record.sent_at else "not sent"
    yield "changed", _time(record.updated_at)
    yield "request id", record.request_id or "unknown"
    days = dict.fromkeys(day.date() for day in (record.started_at, record.updated_at, stored.now))
    for day in days:
        yield f"session on {day}", hashes.on(day, record.session_id)
    yield "replica", f"{record.replica_id}, {'running' if stored.is_replica_alive else 'stopped'}"
    yield "next", advice.next
    yield "do", advice.do


def _number(record: AttemptRecord) -> str | None:
    return order_number(record.result)


def _evidence(record: AttemptRecord) -> str:
    if record.was_abandoned and record.proof is None:
        return "the shopper gave the payment up"
    return record.proof or "none"


def _advice(stored: StoredAttempt, record: AttemptRecord, settings: Settings) -> Advice:
    match record.result:
        case None:
            return _unfinished(stored, record, settings)
        case OrderInDoubt(check_after=check_after):
            return _in_doubt(stored, record, check_after)
        case OrderPlaced():
            return Advice(
                "The order is placed.",
                "Nothing: it has ended.",
                "Give the shopper the order number. The storefront shows it if it sends the same key again.",
            )
        case PlacedWithoutNumber():
            return Advice(
                "The order is placed, and Digital River has not told its number.",
                "Nothing: it has ended.",
                "Find the order at Digital River by time and amount, and give the shopper its number.",
            )
        case OrderAwaitingPayment():
            return Advice(
                "The order is placed and waits for the shopper's payment, such as a wire transfer.",
                "Digital River books the payment when it arrives.",
                "Give the shopper the order number. The instructions are on the page of the order.",
            )
        case OrderActionRequired():
            return _waiting(stored, record)
        case OrderDeclined():
            return Advice(
                "The bank or provider declined the charge. There is no order.",
                "Nothing: it has ended.",
                "Nothing to repair. A reservation that the shopper sees at the bank ends by itself.",
            )
        case OrderBlocked():
            return Advice(
                "The cart could not become an order: see the blockers. There is no order.",
                "Nothing: it has ended.",
                NOTHING_CHARGED,
            )
        case OrderNotPlaced():
            return Advice("The order was not placed.", "Nothing: it has ended.", NOTHING_CHARGED)


def _unfinished(stored: StoredAttempt, record: AttemptRecord, settings: Settings) -> Advice:
    works = stored.is_replica_alive and stored.now - record.updated_at <= timedelta(seconds=settings.doubt_quiet_s)
    if record.stage is Stage.RESERVED:
        if works:
            return Advice(
                "The submission is under way. Nothing was sent yet.",
                f"It ends within {settings.submission_deadline_s:g} seconds.",
                "Wait a minute, and run the command again.",
            )
        return Advice(
            "The replica stopped before anything was sent. There is no order.",
            "The next request or check deletes the attempt. The key can then be used again.",
            "Nothing to repair: nothing was charged. The shopper can submit again.",
        )
    if works:
        return Advice(
            "The order was sent, and a running replica waits for the answer.",
            f"It ends within {settings.submission_deadline_s:g} seconds, or the order is in doubt.",
            "Wait a minute, and run the command again. The shopper must not pay again.",
        )
    return Advice(
        "The order was sent, and its replica stopped before the answer. There may be an order.",
        _checks(
            stored,
            "Another replica settles it by evidence. That there is no order is certain only from "
            f"{_time(_quiet_until(record, settings))}.",
        ),
        _patience(stored, record),
    )


def _in_doubt(stored: StoredAttempt, record: AttemptRecord, check_after: datetime) -> Advice:
    return Advice(
        "The order was sent, and no reliable answer has come. There may be an order.",
        _checks(stored, f"A replica checks it from {_time(check_after)}, then at most 30 seconds apart."),
        _patience(stored, record),
    )


def _waiting(stored: StoredAttempt, record: AttemptRecord) -> Advice:
    if not record.waits_for_shopper:
        return Advice(
            "The shopper had to authenticate the source and submit again. There is no order of this attempt.",
            "Nothing: it has ended.",
            "Look for a later submission of the same session in the log.",
        )
    return Advice(
        "The order waits for the shopper's approval. Nothing is charged before it.",
        _checks(stored, "A replica looks for the approval at most five minutes apart, and then finishes the order."),
        "If the shopper has approved, open the checkout page again or wait five minutes. Otherwise nothing.",
    )


def _checks(stored: StoredAttempt, checks: str) -> str:
    return (
        checks if stored.has_session else "Nothing: the session has ended, so no replica can read the order any more."
    )


def _patience(stored: StoredAttempt, record: AttemptRecord) -> str:
    is_old = stored.now - (record.sent_at or record.started_at) > LONGEST_NORMAL_DOUBT
    if is_old or not stored.has_session:
        return f"Find out by hand: {AT_DIGITAL_RIVER}. The shopper must not pay again before that."
    return "Nothing by hand: run the command again in two minutes. The shopper must not pay again."


def _quiet_until(record: AttemptRecord, settings: Settings) -> datetime:
    return (record.quiet_from or record.updated_at) + timedelta(seconds=settings.doubt_quiet_s)


def _time(instant: datetime) -> str:
    return instant.strftime("%Y-%m-%dT%H:%M:%SZ")
