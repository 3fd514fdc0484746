"""The last check before an order is sent or resumed: whether it may still be sent."""

from datetime import timedelta

from gateway.errors import UpstreamNotReached
from gateway.submission.attempt import Attempt


async def refuse_if_late(attempt: Attempt) -> None:
    """Raise an error if the order would be sent so late that its quiet time may end before it arrives.

    Called directly before the order is sent or resumed. The process may have been suspended since the quiet time
    began, and its own clocks may have stood still. Another replica may have reported that there is no order.

    Raises `UpstreamNotReached`, or `StoreUnavailable` if the time of the store cannot be read.
    """
    quiet_from = attempt.record.quiet_from
    longest = timedelta(seconds=attempt.ctx.settings.submission_deadline_s)
    now = await attempt.ctx.services.store.now()
    if quiet_from is None or now - quiet_from >= longest:
        raise UpstreamNotReached(detail="too late")
