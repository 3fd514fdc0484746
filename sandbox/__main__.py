"""`python -m sandbox`: the stand-in on one port, its state in memory."""

from typing import Annotated

import typer
import uvicorn

from sandbox.app import create_app
from sandbox.world import Keys


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.", min=1, max=65535)] = 8001,
    log_level: Annotated[str, typer.Option(help="Least severe line to log.")] = "warning",
) -> None:
    """Serve a stand-in of the Digital River Commerce API and of its payment service."""
    typer.echo(f"Sandbox on http://{host}:{port}; confidential API key {Keys().confidential_key}")
    uvicorn.run(create_app(), host=host, port=port, log_level=log_level, access_log=False, lifespan="off")


if __name__ == "__main__":
    typer.run(serve)
