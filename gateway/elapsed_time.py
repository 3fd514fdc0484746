"""The clock of deadlines and leases."""

import time


def elapsed_s() -> float:
    """Seconds since some moment in the past, by a clock that goes on while the machine is suspended.

    `time.monotonic` stands still meanwhile on Linux. A process would then go on with a lock or a deadline that has long
    ended for everyone else.
    """
    return time.clock_gettime(_CLOCK)


_CLOCK = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
