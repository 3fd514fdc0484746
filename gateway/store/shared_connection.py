"""One connection to the store's server, which all requests of a process share.

A command is written as soon as it comes, behind commands that are not answered yet (pipelining). The server answers in
the same order. So no command waits for a free connection, and one dead connection fails no later command.

Only the silence of the server counts as its failure. Silence is counted in looks at the connection: every `LOOK_S`, or
later if the process is busy, commands without an answer are counted. A process that was busy for a second has looked
once, and did not wait for a second.
"""

import asyncio
import logging
import math
import time
from collections import deque
from collections.abc import Callable
from contextvars import Context
from dataclasses import dataclass
from typing import Any

from redis.asyncio import ConnectionPool, Redis
from redis.asyncio.connection import AbstractConnection
from redis.exceptions import ConnectionError as ConnectionLost
from redis.exceptions import NoScriptError, ReadOnlyError, RedisError, ResponseError
from redis.exceptions import TimeoutError as NotAnswered

from gateway.metrics import store as metrics
from gateway.store.traced_command import traced_command
from gateway.store.waiting import LOOK_S, Waiting, looks_in, waiting_of_request

log = logging.getLogger(__name__)

ANSWERED = metrics.DURATION.labels()

CONNECT_TIMEOUT_S = 1.0
"""Time limit for each step of a new connection. Commands that wait for the connection have shorter limits."""

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.05, 1.0
"""Pauses between two tries to connect. Each is twice as long as the one before."""

READS = frozenset({"GET", "TIME", "INFO", "PING"})
"""Commands that are sent again, once, if the connection is lost before their answer arrives."""

Packed = list[bytes]


@dataclass(eq=False)
class Command:
    packed: Packed
    answer: asyncio.Future[Any]
    is_repeatable: bool
    waiting: Waiting | None
    first_look: int
    """Number of the look that comes next. It is not counted, because it may follow directly after the command."""


class SharedConnection:
    """`connect` returns a new connection that is not connected yet. `timeout_s` is the time for which the server may be
    silent."""

    def __init__(self, connect: Callable[[], AbstractConnection], timeout_s: float) -> None:
        self._new_connection = connect
        self._longest_silence = looks_in(timeout_s)
        self._packer = connect()
        self._connection: AbstractConnection | None = None
        self._sent: deque[Command] = deque()
        self._unsent: deque[Command] = deque()
        self._serving: asyncio.Task[None] | None = None
        self._next_look: asyncio.TimerHandle | None = None
        self._looks = 0
        self._is_down = False
        self._is_closed = False

    async def run(self, *args: Any) -> Any:
        """Send a command, and return its answer. Raises `RedisError`.

        While the server is known to be down, commands fail at once. In the meantime a task tries to connect.
        """
        metrics.COMMANDS.labels(args[0]).inc()
        if self._is_down or self._is_closed:
            metrics.ERRORS.labels("down").inc()
            raise ConnectionLost("the store is down")
        waiting = waiting_of_request()
        if waiting is not None and waiting.is_over:
            metrics.ERRORS.labels("silent").inc()
            raise NotAnswered("the request has waited too long")
        answer = asyncio.get_running_loop().create_future()
        command = Command(self._packer.pack_command(*args), answer, args[0] in READS, waiting, self._looks + 1)
        if self._connection is not None:
            self._write(self._connection, command)
        else:
            self._unsent.append(command)
            self._start_serving()
        self._look_later()
        sent_at = time.perf_counter()
        try:
            return await answer
        except NoScriptError:
            raise  # The first call of each script. It is loaded next.
        except RedisError as error:
            metrics.ERRORS.labels(_cause(error)).inc()
            raise
        finally:
            ANSWERED.observe(time.perf_counter() - sent_at)

    @property
    def is_waiting(self) -> bool:
        """Whether the server has not yet answered a command."""
        return any(not command.answer.done() for command in (*self._sent, *self._unsent))

    async def aclose(self) -> None:
        self._is_closed = True
        if self._next_look is not None:
            self._next_look.cancel()
        if self._serving is not None:
            self._serving.cancel()
            # redis-py can swallow a cancellation.
            await asyncio.wait({self._serving}, timeout=CONNECT_TIMEOUT_S)
        self._fail_all(ConnectionLost("closed"))

    # The connection and its answers.

    def _start_serving(self) -> None:
        if self._serving is None or self._serving.done():
            # The connection outlives the request that needs it first, so the task gets none of the request's context.
            self._serving = asyncio.get_running_loop().create_task(self._serve(), context=Context())

    async def _serve(self) -> None:
        """Connect, and hand out answers until the connection is lost. While the server is down, try again."""
        pause_s = FIRST_PAUSE_S
        while not self._is_closed and (self._is_down or self._unsent):
            connection = self._new_connection()
            try:
                await connection.connect()  # type: ignore[no-untyped-call]  # redis-py has no type for it
                pause_s = FIRST_PAUSE_S
                self._is_up(connection)
                await self._read(connection)
            except Exception as error:
                # The library raises errors of many types if what answers is no Redis server. Without this task, the
                # store would stay down for ever.
                failure = error if isinstance(error, RedisError | OSError) else ConnectionLost(type(error).__name__)
                if self._connection is not None:
                    self._lost(failure)
                else:
                    self._goes_down(failure)
                    await asyncio.sleep(pause_s)
                    pause_s = min(pause_s * 2, LONGEST_PAUSE_S)
            finally:
                self._connection = None
                await connection.disconnect(nowait=True)

    def _is_up(self, connection: AbstractConnection) -> None:
        if self._is_down:
            log.warning("store answers again")
        self._is_down = False
        metrics.UP.labels().set(1)
        self._connection = connection
        waiting, self._unsent = self._unsent, deque()
        for command in waiting:
            if not command.answer.done():
                self._write(connection, command)

    def _goes_down(self, error: Exception) -> None:
        if not self._is_down:
            log.warning("store does not answer", extra={"reason": type(error).__name__})
        self._is_down = True
        metrics.UP.labels().set(0)
        self._fail_all(error)

    def _fail_all(self, error: Exception) -> None:
        for commands in (self._sent, self._unsent):
            while commands:
                _fail(commands.popleft(), error)

    def _lost(self, error: Exception) -> None:
        """Prepare commands for the next connection that may be sent again. The others fail."""
        while self._sent:
            command = self._sent.popleft()
            if command.is_repeatable and not self._is_down:
                command.is_repeatable = False
                self._unsent.append(command)
            else:
                _fail(command, error)

    def _write(self, connection: AbstractConnection, command: Command) -> None:
        # `send_packed_command` closes the connection if a request that waits in it is cancelled, and the others would
        # lose it as well. What is written here is limited by the requests that wait for answers.
        writer = connection._writer
        if writer is None or writer.transport.is_closing():
            self._unsent.append(command)  # `_read` notices the loss next.
        else:
            self._sent.append(command)
            writer.writelines(command.packed)

    async def _read(self, connection: AbstractConnection) -> None:
        """Hand out the answers until the connection is lost."""
        while True:
            error: ResponseError | None = None
            value = None
            try:
                value = await connection.read_response(timeout=math.inf, disconnect_on_error=False)
            except ResponseError as refusal:
                error = refusal
            if not self._sent:
                raise ConnectionLost("an answer too many")
            answer = self._sent.popleft().answer
            if answer.done():
                continue  # The request has not waited for the answer.
            if error is None:
                answer.set_result(value)
            else:
                answer.set_exception(error)
                if isinstance(error, ReadOnlyError):
                    # The server is a replica by now, and its name may lead to the new primary.
                    raise ConnectionLost("the server is a replica")

    # Looks at the connection.

    def _look_later(self) -> None:
        if self._next_look is None:
            self._next_look = asyncio.get_running_loop().call_later(LOOK_S, self._look_soon)

    def _look_soon(self) -> None:
        # Answers that have arrived by now are handed out before the look.
        asyncio.get_running_loop().call_soon(self._look)

    def _look(self) -> None:
        self._next_look = None
        self._looks += 1
        for command in (*self._sent, *self._unsent):
            waiting = command.waiting
            if waiting is None or command.answer.done() or command.first_look >= self._looks:
                continue
            waiting.count(self._looks)
            if waiting.is_over:
                command.answer.set_exception(NotAnswered("the request has waited too long"))
        oldest = next(iter(self._sent or self._unsent), None)
        if oldest is not None and self._looks - oldest.first_look >= self._longest_silence:
            self._is_silent()
        if self._sent or self._unsent:
            self._look_later()

    def _is_silent(self) -> None:
        self._goes_down(NotAnswered("no answer"))
        if self._connection is not None and self._connection._writer is not None:
            self._connection._writer.transport.abort()


def _cause(error: RedisError) -> str:
    if isinstance(error, NotAnswered):
        return "silent"
    return "refused" if isinstance(error, ResponseError) else "lost"


def _fail(command: Command, error: Exception) -> None:
    if not command.answer.done():
        # Each request raises an exception of its own, since raising it adds a traceback to it.
        command.answer.set_exception(type(error)(*error.args))


class SharedRedis(Redis):
    """The client of redis-py, whose commands use one shared connection instead of a pool."""

    def __init__(self, pool: ConnectionPool, timeout_s: float) -> None:
        super().__init__(connection_pool=pool)
        self.shared = SharedConnection(pool.make_connection, timeout_s)

    async def execute_command(self, *args: Any, **options: Any) -> Any:
        with traced_command(args[0]):
            answer = await self.shared.run(*args)
        return await self.parse_response(Answered(answer), args[0], **options)  # type: ignore[arg-type]  # it only reads

    async def aclose(self, close_connection_pool: bool | None = None) -> None:
        await self.shared.aclose()
        await super().aclose(close_connection_pool)


class Answered:
    """A connection on which one answer has arrived, for redis-py's translation of answers."""

    def __init__(self, answer: Any) -> None:
        self._answer = answer

    async def read_response(self, **_: Any) -> Any:
        return self._answer
