"""Which operations, and which calls to Digital River, give way when not all of them can be served."""

from contextvars import ContextVar, Token
from dataclasses import dataclass
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


@dataclass(slots=True)
class Claim:
    """What the running operation may claim. `has_begun`: whether it has sent a call."""

    priority: Priority
    has_begun: bool = False


_of_operation: ContextVar[Claim | None] = ContextVar("priority", default=None)


def claim_of_call() -> tuple[Priority, bool]:
    """The priority of a call that is sent now, and whether its operation has sent another one before."""
    claim = _of_operation.get()
    if claim is None:
        return Priority.CHECKOUT, False
    has_begun, claim.has_begun = claim.has_begun, True
    return claim.priority, has_begun


class prioritized:  # noqa: N801 - a context manager; every request enters it, and a class costs a third
    """Calls that begin during the `with` block, and in tasks that begin there, have this priority."""

    __slots__ = ("_claim", "_token")

    _token: Token[Claim | None]

    def __init__(self, priority: Priority) -> None:
        self._claim = Claim(priority)

    def __enter__(self) -> None:
        self._token = _of_operation.set(self._claim)

    def __exit__(self, *_: object) -> None:
        _of_operation.reset(self._token)
