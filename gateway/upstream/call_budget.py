"""Limits how many calls to Digital River one operation causes.

The cost of an operation is an estimate of its answer. A small answer may need many calls: the page of a search, or
objects of many types by their ids. The budget counts the calls themselves.
"""

from collections.abc import Callable
from dataclasses import dataclass

from gateway.errors import TooManyCalls

MAX_CALLS = 40
"""Calls that one operation may cause. The example operations need at most five. The message of `TooManyCalls` names the
number."""


@dataclass
class CallBudget:
    """The calls that one operation may still cause. Answers from the cache, repetitions of failed calls, and calls for
    tokens are not counted."""

    count_for_client: Callable[[], None]
    """Counts a public call for the client as well. Raises `RateLimited`."""
    left: int = MAX_CALLS

    def spend_publicly(self) -> None:
        """Count a call that needs no session, before it is made. Raises `TooManyCalls` or `RateLimited`."""
        self.spend()
        self.count_for_client()

    def spend(self) -> None:
        """Count a call before it is made. Raises `TooManyCalls`."""
        if self.left <= 0:
            raise TooManyCalls
        self.left -= 1
