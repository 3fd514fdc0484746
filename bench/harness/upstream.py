"""A stand-in for Digital River that costs little CPU time: `python -m bench.harness.upstream RECORDING PORT DELAY_MS`.

Serves recorded answers. It changes nothing: a POST is answered as it was once. Each token that it gives out is another
one, and it accepts all. `GET /_bench/requests` counts the requests, and lists those that were not recorded.
"""

import asyncio
import json
import secrets
import sys
from collections import Counter
from pathlib import Path
from typing import cast

import httptools
import msgspec
import uvloop

from bench.harness.answers import Answer, Recording

COUNTS = "/_bench/requests"

TOKEN = "/oauth20/token"  # noqa: S105 - a path


class Upstream:
    def __init__(self, recording: Recording, delay_s: float) -> None:
        self.delay_s = delay_s
        self.requests = 0
        self.unknown: Counter[str] = Counter()
        self._answers = {key: http_answer(answer) for key, answer in recording.answers.items()}

    def answer(self, method: str, target: str) -> bytes:
        if target == COUNTS:
            body = json.dumps({"requests": self.requests, "unknown": self.unknown}).encode()
            return http_answer(Answer(200, body))
        self.requests += 1
        path = target.partition("?")[0]
        if path == TOKEN:
            return http_answer(Answer(200, new_token()))
        answer = self._answers.get(f"{method} {target}") or self._answers.get(f"{method} {path}")
        if answer is None:
            self.unknown[f"{method} {target}"] += 1
            return http_answer(Answer(404, b"{}"))
        return answer


def new_token() -> bytes:
    token, refresh = secrets.token_hex(64), secrets.token_hex(64)
    return json.dumps(
        {"access_token": token, "token_type": "bearer", "expires_in": 86_399, "refresh_token": refresh}
    ).encode()


def http_answer(answer: Answer) -> bytes:
    head = f"HTTP/1.1 {answer.status} Recorded\r\nContent-Type: application/json\r\n"
    if answer.status == 204:
        return f"{head}\r\n".encode()
    return f"{head}Content-Length: {len(answer.body)}\r\n\r\n".encode() + answer.body


class Connection(asyncio.Protocol):
    """A kept connection of the gateway. Clients do not pipeline."""

    transport: asyncio.Transport

    def __init__(self, upstream: Upstream) -> None:
        self._upstream = upstream
        self._parser = httptools.HttpRequestParser(self)
        self._target = ""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)  # those of uvloop have another base class

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_message_begin(self) -> None:
        self._target = ""

    def on_url(self, part: bytes) -> None:
        self._target += part.decode()

    def on_message_complete(self) -> None:
        answer = self._upstream.answer(self._parser.get_method().decode(), self._target)
        if self._upstream.delay_s:
            asyncio.get_running_loop().call_later(self._upstream.delay_s, self.transport.write, answer)
        else:
            self.transport.write(answer)


async def serve(upstream: Upstream, port: int) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(upstream), "127.0.0.1", port, backlog=4096)
    await server.serve_forever()


if __name__ == "__main__":
    recording = msgspec.msgpack.decode(Path(sys.argv[1]).read_bytes(), type=Recording)
    uvloop.run(serve(Upstream(recording, delay_s=float(sys.argv[3]) / 1000), int(sys.argv[2])))
