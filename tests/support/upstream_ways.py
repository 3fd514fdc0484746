"""The ways on which a request of the gateway reaches a server: tests of connections take each of them."""

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from enum import Enum
from functools import cache
from typing import Any

from gateway.upstream.connections.connecting import ConnectionOptions
from gateway.upstream.exchange import Sender
from gateway.upstream.transport import HttpxSender, Network
from tests.support.certificates import Authority

BUSY_S = 30


class Way(Enum):
    DIRECT = "direct"
    OVER_HTTPX = "over httpx"
    """As a transport of httpx in a test is asked, but over a `Network`."""
    OVER_TLS = "over TLS"

    @property
    def scheme(self) -> str:
        return "https" if self is Way.OVER_TLS else "http"

    @property
    def server_tls(self) -> ssl.SSLContext | None:
        """The TLS context of a server on localhost."""
        return authority().localhost if self is Way.OVER_TLS else None

    @property
    def options(self) -> ConnectionOptions:
        """A busy machine causes no timeout, and the certificates of `authority` are trusted."""
        return ConnectionOptions(BUSY_S, tls=authority().client() if self is Way.OVER_TLS else None)

    @asynccontextmanager
    async def sender(self, **limits: Any) -> AsyncIterator[Sender]:
        """What sends on this way over a `Network` with these limits."""
        network = Network(**{"options": self.options} | limits)
        try:
            yield HttpxSender(network) if self is Way.OVER_HTTPX else network
        finally:
            await network.aclose()


@cache
def authority() -> Authority:
    return Authority()
