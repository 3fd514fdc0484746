"""Sends the refusals of one turn of the event loop together, at its end.

An answer that finds its client asleep wakes it, and if the client, as a proxy, runs on the same machine, that costs as
much as the rest of a refusal. Answers that are sent right after each other find it awake.
"""

import asyncio
from contextvars import Context


class UnsentRefusals:
    """Of one server. `send_to` has to be called before something else is written to a connection, or it is closed."""

    def __init__(self) -> None:
        self._answers: dict[asyncio.Transport, bytes] = {}
        self._context = Context()

    def put(self, transport: asyncio.Transport, answer: bytes, loop: asyncio.AbstractEventLoop) -> None:
        """Send this answer at the end of the turn."""
        if not self._answers:
            loop.call_soon(self._send, loop, context=self._context)
        self._answers[transport] = answer

    def send_to(self, transport: asyncio.Transport) -> None:
        """If the answer to this client has not been sent, send it now."""
        if transport in self._answers:
            self._write(transport, self._answers.pop(transport))

    def _send(self, loop: asyncio.AbstractEventLoop) -> None:
        try:
            while self._answers:
                self._write(*self._answers.popitem())
        finally:  # Without memory, one answer may not be sent. The others must.
            if self._answers:
                loop.call_soon(self._send, loop, context=self._context)

    def _write(self, transport: asyncio.Transport, answer: bytes) -> None:
        if not transport.is_closing():
            transport.write(answer)
