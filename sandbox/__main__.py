"""`python -m sandbox`: serves the sandbox on one port, with its state in memory."""

import socket
import sys
from typing import Annotated

import typer
import uvicorn

from sandbox.app import create_app


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.", min=1, max=65535)] = 8001,
    public_url: Annotated[
        str | None,
        typer.Option(help="Base URL with which browsers reach the sandbox, if the gateway uses another one."),
    ] = None,
    log_level: Annotated[str, typer.Option(help="Minimum severity of a logged line.")] = "warning",
) -> None:
    """Serve a local imitation of the Digital River Commerce API and its payment service."""
    with _listening_socket(host, port) as listener:
        url = public_url or f"http://{host}:{port}"
        typer.echo(f"Sandbox on {url}. Its keys and controls: {url.rstrip('/')}/_sandbox/")
        config = uvicorn.Config(
            create_app(public_url=public_url), log_level=log_level, access_log=False, lifespan="off"
        )
        uvicorn.Server(config).run([listener])


def _listening_socket(host: str, port: int) -> socket.socket:
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as problem:
        reason = (problem.strerror or str(problem)).partition(" (")[0]
        sys.exit(f"The sandbox cannot listen on {host}:{port}: {reason}. --port chooses another.")


if __name__ == "__main__":
    typer.run(serve)
