"""Reads the request bodies of the sandbox controls, and refuses requests that have an invalid one."""

from typing import TypeVar

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

T = TypeVar("T")


class BadControl(Exception):
    """The request body of a sandbox control cannot be read. The message of the exception gives the reason."""


async def answer_bad_control(_request: Request, problem: Exception) -> Response:
    """Send the message of a `BadControl` exception to the client with status 400."""
    return refused(str(problem))


async def read(request: Request, body_type: type[T]) -> T:
    try:
        return msgspec.json.decode(await request.body() or b"{}", type=body_type)
    except msgspec.DecodeError as error:
        raise BadControl(str(error)) from error


def refused(message: str) -> Response:
    return JSONResponse({"error": message}, 400)
