"""Health checks for orchestrators. The answers are `ok` and `not ready`."""

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from gateway.errors import StoreUnavailable
from gateway.store.interface import Store


def routes(store: Store) -> list[Route]:
    async def live(_request: Request) -> Response:
        return PlainTextResponse("ok")

    async def ready(_request: Request) -> Response:
        """Status 503 while the store cannot be reached."""
        try:
            await store.check()
        except StoreUnavailable:
            return PlainTextResponse("not ready", 503)
        return PlainTextResponse("ok")

    return [Route("/health/live", live), Route("/health/ready", ready)]
