"""Several worker processes that serve one port.

The parent process loads the schema, opens the port and forks the workers. The workers share the memory of what was
loaded, and the listening socket, so a connection that waits to be accepted outlives a worker that dies. The operating
system tends to wake the same worker for each connection. Therefore a worker leaves a connection to the others for a
moment if one of them has fewer. The parent serves no requests.

Each worker is a replica like any other. A worker that dies is replaced, and one that no longer reacts is killed first.
If a worker dies before it has listened, the next one would as well: then all end.
"""

import logging
import mmap
import os
import select
import signal
import socket
import sys
import time
from array import array
from collections.abc import Callable, Sequence
from typing import NoReturn

log = logging.getLogger(__name__)

STOP_SIGNALS = frozenset({signal.SIGTERM, signal.SIGINT})

PAUSE_S = 1
"""Pause before a worker is replaced, so that workers that die at once do not keep the machine busy."""

NUMBER_BYTES = 4

LOOK_S = 1
"""Seconds between two looks at the signs of life of the workers."""

LOOKS_WITHOUT_LIFE = 30
"""Looks at a worker that has given no sign of life, after which it is killed. Looks are counted instead of seconds,
because the whole machine may have been suspended."""

NO_WORKER = 2**31 - 1
"""Number of connections of a worker that does not run."""

FAILED = 1
"""Exit code if a worker cannot start."""


class SharedNumbers:
    """Numbers in memory that the parent and all workers share, one for each worker."""

    def __init__(self, workers: int, first: int) -> None:
        self._numbers = memoryview(mmap.mmap(-1, workers * NUMBER_BYTES)).cast("i")
        self._numbers[:] = array("i", [first] * workers)

    def __getitem__(self, index: int) -> int:
        return self._numbers[index]

    def __setitem__(self, index: int, number: int) -> None:
        self._numbers[index] = number

    def least(self) -> int:
        return min(self._numbers)


class SharedState:
    """What parent and workers know of each other."""

    def __init__(self, workers: int) -> None:
        self.connections = SharedNumbers(workers, NO_WORKER)
        self.signs_of_life = SharedNumbers(workers, 0)
        """Each worker changes its number as long as it reacts. 0 until it has started."""
        self._able = SharedNumbers(1, 0)

    @property
    def value(self) -> bool:
        """Whether a worker could have taken orders since the start of all, see `gateway.http.health`. Without it, a
        worker that replaces another one during an outage of the store would take all of them out of service."""
        return bool(self._able[0])

    @value.setter
    def value(self, value: bool) -> None:
        self._able[0] = int(value)


class Worker:
    """What a worker process needs to know of the others. `metrics` has the socket on which its metrics are read, if
    they are. `parent_ended` is a file that can be read once the parent
    process has ended, and `started` one to write to."""

    def __init__(
        self,
        listener: socket.socket,
        metrics: list[socket.socket],
        parent_ended: int,
        started: int,
        shared: SharedState,
        index: int,
    ) -> None:
        self.listener = listener
        self.metrics = metrics
        self.parent_ended = parent_ended
        self.shared = shared
        self._started = started
        self._index = index

    def has_started(self) -> None:
        self.give_sign_of_life()
        os.write(self._started, b"1")
        os.close(self._started)

    def give_sign_of_life(self) -> None:
        self.shared.signs_of_life[self._index] = self.shared.signs_of_life[self._index] % NO_WORKER + 1

    def report(self, connections: int) -> None:
        self.shared.connections[self._index] = connections

    def has_more_than_another(self) -> bool:
        """Whether this worker has more connections than another one, by what they have reported."""
        return self.shared.connections[self._index] > self.shared.connections.least()


class Workers:
    """`serve` runs in each worker until the worker has to stop. `metrics` has a socket for each worker, or none."""

    def __init__(
        self,
        number: int,
        listener: socket.socket,
        serve: Callable[[Worker], None],
        metrics: Sequence[socket.socket] = (),
    ) -> None:
        self._number = number
        self._listener = listener
        self._serve = serve
        self._metrics = metrics
        self._shared = SharedState(number)
        self._starting: dict[int, int] = {}
        """Files that can be read once a worker has started or ended, by process id."""
        self._running: dict[int, int] = {}
        """Indexes of the workers by process id."""
        self._seen: dict[int, tuple[int, int]] = {}
        """The last sign of life of each worker, and the number of looks since it came, by process id."""
        self._parent_ended, self._held_by_parent = os.pipe()
        """No worker has the writing end, so a worker that can read the other end has lost its parent."""

    def run(self) -> None:
        """Run the workers until a signal stops them. Exits with 1 if one cannot start."""
        signal.pthread_sigmask(signal.SIG_BLOCK, {*STOP_SIGNALS, signal.SIGCHLD})
        for index in range(self._number):
            self._start(index)
        stopped_by = self._watch()
        self._listener.close()
        self._stop_all(stopped_by or signal.SIGTERM)
        if stopped_by is None:
            sys.exit(FAILED)
        # End by the same signal, as one process without workers does.
        signal.signal(stopped_by, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, STOP_SIGNALS)
        signal.raise_signal(stopped_by)

    def _start(self, index: int) -> None:
        reading, writing = os.pipe()
        process_id = os.fork()
        if process_id == 0:
            os.close(self._held_by_parent)
            os.close(reading)
            metrics = [*self._metrics[index : index + 1]]
            self._work(Worker(self._listener, metrics, self._parent_ended, writing, self._shared, index))
        os.close(writing)
        self._starting[process_id] = reading
        self._running[process_id] = index

    def _work(self, worker: Worker) -> NoReturn:
        # A terminal sends Ctrl-C to a whole group of processes, and the parent would send it once more.
        os.setpgid(0, 0)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {*STOP_SIGNALS, signal.SIGCHLD})
        code: object = 0
        try:
            self._serve(worker)
        except SystemExit as error:
            code = error.code
        except KeyboardInterrupt:
            pass
        except BaseException:
            log.exception("worker crashed")
            code = FAILED
        finally:
            # Nothing of the parent's work may go on in the worker.
            os._exit(code if isinstance(code, int) else FAILED)

    def _watch(self) -> signal.Signals | None:
        """Replace workers that end, until a signal arrives, which is returned. None if a worker cannot start."""
        while True:
            received = signal.sigtimedwait({*STOP_SIGNALS, signal.SIGCHLD}, LOOK_S)
            if received is None:
                self._kill_lifeless()
                continue
            if received.si_signo in STOP_SIGNALS:
                return signal.Signals(received.si_signo)
            for process_id, index in self._ended():
                if not _has_started(self._starting.pop(process_id)):
                    return None
                self._shared.connections[index] = NO_WORKER
                self._shared.signs_of_life[index] = 0
                self._seen.pop(process_id, None)
                log.error("worker ended", extra={"reason": "it is replaced"})
                time.sleep(PAUSE_S)
                self._start(index)

    def _kill_lifeless(self) -> None:
        """Kill workers that no longer react. They are then replaced as if they had died."""
        for process_id, index in self._running.items():
            sign = self._shared.signs_of_life[index]
            last, looks = self._seen.get(process_id, (0, 0))
            self._seen[process_id] = (sign, looks + 1 if sign == last and sign else 0)
            if self._seen[process_id][1] >= LOOKS_WITHOUT_LIFE:
                log.error("worker killed", extra={"reason": "it does not react"})
                os.kill(process_id, signal.SIGKILL)

    def _stop_all(self, first: signal.Signals) -> None:
        """Pass signals on until all workers have ended. A second Ctrl-C ends them at once."""
        received: int = first
        while self._running:
            if received in STOP_SIGNALS:
                for process_id in self._running:
                    os.kill(process_id, received)
            received = signal.sigwait({*STOP_SIGNALS, signal.SIGCHLD})
            self._ended()

    def _ended(self) -> list[tuple[int, int]]:
        """Process ids and indexes of the workers that have ended since the last call."""
        ended = []
        while self._running:
            process_id, _ = os.waitpid(-1, os.WNOHANG)
            if process_id == 0:
                break
            if process_id in self._running:
                ended.append((process_id, self._running.pop(process_id)))
        return ended


def _has_started(file: int) -> bool:
    """Whether a worker has said that it has started. Closes the file."""
    has_data = bool(select.select([file], [], [], 0)[0]) and os.read(file, 1) == b"1"
    os.close(file)
    return has_data
