"""Answers of Digital River that a test writes itself. Their bodies are read as those of a network."""

import json
from typing import Any

import httpx


def json_answer(request: httpx.Request, wire: Any, status: int = 200) -> httpx.Response:
    stream = httpx.ByteStream(json.dumps(wire).encode())
    return httpx.Response(status, headers={"Content-Type": "application/json"}, stream=stream, request=request)
