"""Several worker processes that serve one port.

The parent process loads the schema, opens the port and forks the workers. The workers share the memory of what was
loaded, and the listening socket, so a connection that waits to be accepted outlives a worker that dies. The operating
system tends to wake the same worker for each connection. Therefore a worker leaves a connection to the others for a
moment if one of them has fewer. The parent serves no requests.

Each worker is a replica like any other. A worker that dies is replaced. If it dies before it has listened, the next one
would as well: then all end.
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
from collections.abc import Callable
from typing import NoReturn

log = logging.getLogger(__name__)

STOP_SIGNALS = frozenset({signal.SIGTERM, signal.SIGINT})

PAUSE_S = 1
"""Pause before a worker is replaced, so that workers that die at once do not keep the machine busy."""

COUNT_BYTES = 4

NO_WORKER = 2**31 - 1
"""Number of connections of a worker that does not run."""

FAILED = 1
"""Exit code if a worker cannot start."""


class ConnectionCounts:
    """The numbers of connections of all workers, in memory that they share."""

    def __init__(self, workers: int) -> None:
        self._counts = memoryview(mmap.mmap(-1, workers * COUNT_BYTES)).cast("i")
        self._counts[:] = array("i", [NO_WORKER] * workers)

    def set(self, index: int, connections: int) -> None:
        self._counts[index] = connections

    def is_above_another(self, index: int) -> bool:
        return self._counts[index] > min(self._counts)


class Worker:
    """What a worker process needs to know of the others. `parent_ended` is a file that can be read once the parent
    process has ended, and `started` one to write to."""

    def __init__(
        self, listener: socket.socket, parent_ended: int, started: int, counts: ConnectionCounts, index: int
    ) -> None:
        self.listener = listener
        self.parent_ended = parent_ended
        self._started = started
        self._counts = counts
        self._index = index

    def has_started(self) -> None:
        os.write(self._started, b"1")
        os.close(self._started)

    def report(self, connections: int) -> None:
        self._counts.set(self._index, connections)

    def has_more_than_another(self) -> bool:
        """Whether this worker has more connections than another one, by what they have reported."""
        return self._counts.is_above_another(self._index)


class Workers:
    """`serve` runs in each worker until the worker has to stop."""

    def __init__(self, number: int, listener: socket.socket, serve: Callable[[Worker], None]) -> None:
        self._number = number
        self._listener = listener
        self._serve = serve
        self._counts = ConnectionCounts(number)
        self._starting: dict[int, int] = {}
        """Files that can be read once a worker has started or ended, by process id."""
        self._running: dict[int, int] = {}
        """Indexes of the workers by process id."""
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
            self._work(Worker(self._listener, self._parent_ended, writing, self._counts, index))
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
            received = signal.sigwait({*STOP_SIGNALS, signal.SIGCHLD})
            if received in STOP_SIGNALS:
                return signal.Signals(received)
            for process_id, index in self._ended():
                if not _has_started(self._starting.pop(process_id)):
                    return None
                self._counts.set(index, NO_WORKER)
                log.error("worker ended", extra={"reason": "it is replaced"})
                time.sleep(PAUSE_S)
                self._start(index)

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
