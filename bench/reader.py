"""A client in a process of its own, which sends one request after another while a bench loads the gateway."""

import multiprocessing
import socket
import time
from contextlib import suppress
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Event
from typing import NamedTuple

AT_MOST_S = 15

PAUSE_S = 0.02


class ReaderResult(NamedTuple):
    answers: int
    failures: int
    """Requests without an answer of the status 200."""
    longest_s: float


class Reader:
    """Reads `target` on new connections from its creation until `stop`."""

    def __init__(self, port: int, target: str) -> None:
        self._stopped, (self._receiver, sender) = multiprocessing.Event(), multiprocessing.Pipe(duplex=False)
        self._process = multiprocessing.Process(target=_read, args=(port, target, self._stopped, sender))
        self._process.start()

    def stop(self) -> ReaderResult:
        self._stopped.set()
        result: ReaderResult = self._receiver.recv()
        self._process.join()
        return result


def _read(port: int, target: str, stopped: Event, result: Connection) -> None:
    request = f"GET {target} HTTP/1.1\r\nHost: gateway\r\nConnection: close\r\n\r\n".encode()
    failures, waits_s = 0, [0.0]
    while not stopped.is_set():
        started_at = time.monotonic()
        received = b""
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=AT_MOST_S) as client:
            client.sendall(request)
            while part := client.recv(65_536):
                received += part
        failures += not received.startswith(b"HTTP/1.1 200")
        waits_s.append(time.monotonic() - started_at)
        time.sleep(PAUSE_S)
    result.send(ReaderResult(len(waits_s) - 1 - failures, failures, max(waits_s)))
