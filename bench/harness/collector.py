"""Stands in for a collector of traces, and takes all spans unread: `python -m bench.harness.collector PORT`."""

import sys

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route


async def take(request: Request) -> Response:
    await request.body()
    return Response()


if __name__ == "__main__":
    app = Starlette(routes=[Route("/{path:path}", take, methods=["GET", "POST"])])
    uvicorn.run(app, port=int(sys.argv[1]), log_config=None, access_log=False)
