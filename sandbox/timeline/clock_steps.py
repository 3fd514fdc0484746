"""Steps by which moving the sandbox's clock is useful, each with what happens in this time."""

from datetime import timedelta
from typing import NamedTuple

from sandbox.model.source import FUNDS_ARRIVE_WITHIN
from sandbox.timeline.fulfilment import SHIPPED_AFTER
from sandbox.timeline.renewals import PROCESSED_AFTER
from sandbox.timeline.settlement import APPROVED_AFTER, REMINDED_AFTER, REVIEWED_AFTER, SETTLES_AFTER
from sandbox.wire.values import Json

# Events at the end of a step are due a moment before it ends.
MOMENT = timedelta(seconds=1)


class ClockStep(NamedTuple):
    name: str
    time: timedelta
    happens: str

    @property
    def seconds(self) -> int:
        return int((self.time + MOMENT).total_seconds())

    def wire(self) -> Json:
        return {"name": self.name, "forward_s": self.seconds, "happens": self.happens}


CLOCK_STEPS = [
    ClockStep("1 minute", PROCESSED_AFTER, "Requested changes of a subscription take effect."),
    ClockStep(
        "1 hour",
        APPROVED_AFTER,
        "Payments with the decision “Approve in an hour” are approved. Paid orders are picked.",
    ),
    ClockStep("1 day", REVIEWED_AFTER, "Orders in review pass. Access tokens expire."),
    ClockStep("2 days", SHIPPED_AFTER, "Paid orders are shipped."),
    ClockStep("3 days", SETTLES_AFTER, "Pending charges, such as direct debits, settle or fail."),
    ClockStep("20 days", REMINDED_AFTER, "The merchant gets a reminder of orders that wait for their payment."),
    ClockStep(
        "30 days",
        FUNDS_ARRIVE_WITHIN,
        "Orders whose payment did not arrive are cancelled.",
    ),
    ClockStep("31 days", timedelta(days=31), "Monthly subscriptions are renewed."),
    ClockStep("366 days", timedelta(days=366), "Yearly subscriptions are renewed."),
]
