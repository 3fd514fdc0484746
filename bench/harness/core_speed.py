"""How fast the measured core is. On a shared machine, the same work costs twice the CPU time while another machine uses
the other half of the physical core, and that changes within seconds.

A process on that core does the same piece of work again and again, about 2 % of the time.
"""

import json
import os
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import mean

from bench.harness.servers import SERVER_CORES, stop

PAUSE_S = 0.02

DURATION = struct.Struct("d")

DOCUMENT = json.dumps([{"id": number, "name": str(number) * 5} for number in range(300)])


class CoreSpeed:
    """Reads the durations of the pieces of work, in seconds of CPU time."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None
        self._durations = process.stdout.fileno()
        os.set_blocking(self._durations, False)
        self._first = 0.0

    def begin(self) -> None:
        """Forget what was measured before."""
        self._read()

    def slowness(self) -> float:
        """The mean duration since the beginning, compared with that of the first measurement."""
        durations: list[float] = [duration for (duration,) in DURATION.iter_unpack(self._read())]
        now = mean(durations)
        self._first = self._first or now
        return now / self._first

    def _read(self) -> bytes:
        data = bytearray()
        while True:
            try:
                data += os.read(self._durations, 65536)
            except BlockingIOError:
                return bytes(data)


@contextmanager
def core_speed() -> Iterator[CoreSpeed]:
    """Measure the core of the measured programs until the `with` block ends."""
    command = (sys.executable, "-m", "bench.harness.core_speed")
    process = subprocess.Popen(command, stdout=subprocess.PIPE, start_new_session=True)
    try:
        os.sched_setaffinity(process.pid, SERVER_CORES)
        yield CoreSpeed(process)
    finally:
        stop(process)


def main() -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    while True:
        time.sleep(PAUSE_S)
        began_at = time.thread_time()
        sum(line["id"] * len(line["name"]) for line in json.loads(DOCUMENT))
        os.write(sys.stdout.fileno(), DURATION.pack(time.thread_time() - began_at))


if __name__ == "__main__":
    main()
