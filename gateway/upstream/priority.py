"""Which operations, and which calls to Digital River, give way when not all of them can be served."""

from contextvars import ContextVar, Token
from datetime import datetime
from enum import IntEnum


class Priority(IntEnum):
    """The lower the number, the later the operation gives way. All calls of an operation have its priority."""

    SUBMISSION = 0
    """Submits or resumes an order. The reads that belong to it have the same priority."""
    CHECKOUT = 1
    """Changes a cart, a payment session, an account or a contract, or reads the outcome of a submission. Background
    work has the same priority."""
    SESSION = 2
    """Starts a session, or reads data of a shopper."""
    PUBLIC = 3
    """Reads only what is the same for all shoppers."""


_of_operation: ContextVar["prioritized | None"] = ContextVar("priority", default=None)


def calling_operation() -> "prioritized | None":
    """The operation that sends the current call. None in the background."""
    return _of_operation.get()


class prioritized:  # noqa: N801 - a context manager; every request enters it, and a class costs a third
    """Calls that begin during the `with` block, and in tasks that begin there, have this priority."""

    __slots__ = ("_token", "has_begun", "priority", "retry_after")

    _token: Token["prioritized | None"]

    def __init__(self, priority: Priority) -> None:
        self.priority = priority
        self.has_begun = False
        """Whether the operation has sent a call."""
        self.retry_after: datetime | None = None
        """When to try again, if a call of the operation was held back for want of a permit."""

    @property
    def is_lost(self) -> bool:
        """Whether nothing was done, and will not be. What is read for the answer would cost others a permit."""
        return self.retry_after is not None and not self.has_begun and self.priority is not Priority.SUBMISSION

    def __enter__(self) -> None:
        self._token = _of_operation.set(self)

    def __exit__(self, *_: object) -> None:
        _of_operation.reset(self._token)
