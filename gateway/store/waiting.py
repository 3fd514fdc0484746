"""Limits how long one request waits for the shared store, over all its commands.

Waiting is counted in looks at the connection, see `gateway.store.shared_connection`. Without a limit of its own, a
request with twenty commands would wait twenty times for a slow store before it is refused.
"""

from contextvars import ContextVar
from functools import lru_cache

LOOK_S = 0.01
"""Seconds between two looks at the connection of the store."""


SHARE_OF_REQUEST = 1.2
"""How long one request waits for all its commands, as a multiple of the time for which the store may be silent."""


@lru_cache(maxsize=64)
def looks_in(duration_s: float) -> int:
    return max(round(duration_s / LOOK_S), 1)


class Waiting:
    """The waiting time of one request. Commands that wait at the same time are counted once."""

    def __init__(self, silence_s: float) -> None:
        self._limit = looks_in(silence_s * SHARE_OF_REQUEST)
        self._left = self._limit
        self._last_look = 0

    @property
    def is_over(self) -> bool:
        return self._left <= 0

    def count(self, look: int) -> None:
        """Count the look with this number. The request has one or more commands that are not answered yet."""
        if look != self._last_look:
            self._last_look = look
            self._left -= 1

    def renew(self) -> None:
        self._left = self._limit


_of_request: ContextVar[Waiting | None] = ContextVar("waiting_for_store", default=None)


class limited_waiting:  # noqa: N801 - a context manager; every request enters it, and a class costs a third
    """During the `with` block, and in tasks that begin there, all commands of the store share one waiting time.

    `silence_s`: the time for which the store may be silent.
    """

    __slots__ = ("_token", "_waiting")

    def __init__(self, silence_s: float) -> None:
        self._waiting = Waiting(silence_s)

    def __enter__(self) -> None:
        self._token = _of_request.set(self._waiting)

    def __exit__(self, *_: object) -> None:
        _of_request.reset(self._token)


def waiting_of_request() -> Waiting | None:
    """The waiting time of the running request; None for background work, whose commands are limited one by one."""
    return _of_request.get()


def renew_waiting() -> None:
    """Give the running request its whole waiting time again.

    Called after a change was sent to Digital River, because its outcome must be stored, and while the request waits for
    another request.
    """
    waiting = _of_request.get()
    if waiting is not None:
        waiting.renew()
