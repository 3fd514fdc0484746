"""HAProxy in front of a gateway, as in a deployment."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

from tests.support.external_programs import needs_haproxy

CONFIGURATION = """
defaults
    mode http
    timeout connect 5s
    timeout client 30s
    timeout server 30s
    timeout http-request 5s
    option forwardfor
    http-reuse always
frontend shop
    bind fd@{listener}
    default_backend gateways
backend gateways
    server one {gateway}
"""
"""Requests of all clients share the connections to the gateway, which is what request smuggling needs."""


@asynccontextmanager
async def behind_haproxy(url: str) -> AsyncIterator[str]:
    """Yield the URL of a proxy in front of the URL. Skips the test if HAProxy is not installed."""
    program = needs_haproxy()
    with TemporaryDirectory(prefix="haproxy-") as folder, socket.socket() as listener:
        # Clients that connect before HAProxy runs wait in the queue of this socket.
        listener.bind(("127.0.0.1", 0))
        listener.listen(2048)
        file = Path(folder) / "haproxy.cfg"
        file.write_text(CONFIGURATION.format(listener=listener.fileno(), gateway=urlsplit(url).netloc))
        process = await asyncio.create_subprocess_exec(
            program, "-db", "-f", str(file), pass_fds=[listener.fileno()], stderr=asyncio.subprocess.DEVNULL
        )
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            process.kill()
            await process.wait()
