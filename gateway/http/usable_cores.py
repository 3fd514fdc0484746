"""How many cores this process may use."""

import math
import os
from pathlib import Path

CGROUPS = Path("/sys/fs/cgroup")


def usable_cores(cgroups: Path = CGROUPS) -> int:
    """Cores that the operating system gives this process, and not more than the CPU limit of its container allows.

    A limit of 1.5 cores counts as 1, because a worker that gets half a core would be slower than the others.
    """
    return max(min(len(os.sched_getaffinity(0)), _limit(cgroups)), 1)


def _limit(cgroups: Path) -> int:
    """The limit in whole cores, by version 2 or 1 of cgroups; a huge number if there is none."""
    quota, period = (
        _words(cgroups / "cpu.max")
        or (
            *_words(cgroups / "cpu" / "cpu.cfs_quota_us"),
            *_words(cgroups / "cpu" / "cpu.cfs_period_us"),
        )
        or ("max", "1")
    )
    if not quota.isdecimal() or not period.isdecimal():
        return 2**31
    return math.floor(int(quota) / max(int(period), 1))


def _words(file: Path) -> tuple[str, ...]:
    try:
        return tuple(file.read_text().split())
    except OSError:
        return ()
