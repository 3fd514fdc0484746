"""A Chromium that stays open for the tests of a file. Each test plays scenarios of `tests/node` in a new profile."""

import asyncio
import json
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from itertools import count
from typing import Any

from tests.support.external_programs import NODE, needs_chromium, needs_node


class Profile:
    """A profile of the browser with one page: its cookies and its storage are those of one shopper."""

    def __init__(self, chromium: "Chromium", number: int, file: str, values: dict[str, Any]) -> None:
        self._chromium, self._number, self._file, self._values = chromium, number, file, values
        self.problems: list[str] = []
        """What the console reported as errors. Known after the profile is closed."""
        self.origins: list[str] = []
        """Origins of which something was requested. Known after the profile is closed."""

    async def play(self, name: str, **values: Any) -> Any:
        """What the function of the scenarios returns. It receives the page, and all values by name."""
        return await self._chromium.send(profile=self._number, file=self._file, name=name, values=self._values | values)


class Chromium:
    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self._numbers = count()

    @asynccontextmanager
    async def profile(self, file: str, options: dict[str, Any] | None = None, **values: Any) -> AsyncIterator[Profile]:
        """A new profile. `options` are those of `newContext` in Playwright. All functions receive `values`."""
        profile = Profile(self, next(self._numbers), file, values)
        number = profile._number
        await self.send(profile=number, options=options or {})
        try:
            yield profile
        finally:
            record = await self.send(profile=number, close=True)
            profile.problems, profile.origins = record["problems"], record["origins"]

    async def send(self, **line: Any) -> Any:
        answer = json.loads(await asyncio.to_thread(self._exchange, json.dumps(line)))
        assert "error" not in answer, answer["error"]
        return answer["result"]

    def _exchange(self, line: str) -> str:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()
        return self._process.stdout.readline() or '{"error": "Chromium has stopped."}'


@contextmanager
def running_chromium() -> Iterator[Chromium]:
    command = [needs_node(), str(NODE / "profiles.mjs"), needs_chromium()]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as process:
        try:
            yield Chromium(process)
        finally:
            assert process.stdin
            process.stdin.close()
            process.wait(20)
