"""Health checks for orchestrators: `ok` or `not ready`, and nothing else."""

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from gateway.errors import StoreUnavailable
from gateway.store.interface import Store


def routes(store: Store) -> list[Route]:
    async def live(_request: Request) -> Response:
        return PlainTextResponse("ok")

    async def ready(_request: Request) -> Response:
        """Not ready while the store is unreachable."""
        try:
            await store.check()
        except StoreUnavailable:
            return PlainTextResponse("not ready", 503)
        return PlainTextResponse("ok")

    return [Route("/health/live", live), Route("/health/ready", ready)]
