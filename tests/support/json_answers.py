"""Answers of Digital River that a test writes itself. Their bodies are read as those of a network."""

import json
from typing import Any

import httpx


def json_answer(request: httpx.Request, wire: Any, status: int = 200) -> httpx.Response:
    stream = httpx.ByteStream(json.dumps(wire).encode())
    return httpx.Response(status, headers={"Content-Type": "application/json"}, stream=stream, request=request)


async def read_copy(answer: httpx.Response) -> tuple[httpx.Response, bytes]:
    """The answer with a body that can be read again, and the body."""
    content = await answer.aread()
    copy = httpx.Response(answer.status_code, headers=answer.headers, stream=httpx.ByteStream(content))
    return copy, content
