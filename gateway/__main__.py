"""`python -m gateway`: `serve` answers storefronts, `schema` prints the graph, `manifest` the documents of clients."""

import asyncio
import gc
import logging
import socket
import sys
from pathlib import Path

import typer
import uvicorn
from graphql import parse, validate

from gateway import telemetry
from gateway.app import create_app
from gateway.documents.manifest import ManifestInvalid, manifest_of, operations_in
from gateway.errors import StoreEvicts, StoreUnavailable
from gateway.settings import PREFIX, Settings
from gateway.store.redis import RedisStore
from schema.build import build

log = logging.getLogger("gateway")

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)

STOP_WITHIN_S = 70
"""Longer than an operation that buys may take, so that stopping never cuts one off."""


@app.command()
def serve() -> None:
    """Serve the graph. All settings come from the environment; the README lists them."""
    try:
        settings = Settings.from_environment()
    except ValueError as problem:
        sys.exit(_in_words(problem))
    telemetry.configure(settings.log_level)
    try:
        gateway = create_app(settings)
    except ManifestInvalid as problem:
        sys.exit(f"The gateway cannot start: {problem}.")
    if settings.store_url.get_secret_value():
        asyncio.run(_check_store(settings))
    else:
        log.warning("sessions and submissions live in the memory of this process: run exactly one")
    config = uvicorn.Config(
        gateway,
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        # The peer's address is the peer's: which proxies are believed is a setting of ours.
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=STOP_WITHIN_S,
    )
    # What was built until now stays. Looking through it for garbage would cost a request up to 0.1 s.
    gc.collect()
    gc.freeze()
    Server(config).run()


async def _check_store(settings: Settings) -> None:
    """Refuse to start on a store that drops keys. One that cannot be reached may come later."""
    store = RedisStore(settings.store_url.get_secret_value(), timeout_s=settings.store_timeout_s)
    try:
        await store.check()
    except StoreEvicts as problem:
        sys.exit(f"The gateway cannot start; the store drops what it must keep: {problem.detail}, not noeviction.")
    except StoreUnavailable:
        log.warning("the store is not reached yet: only what is public is served until it is")
    finally:
        await store.aclose()


class Server(uvicorn.Server):
    """Tells in our own words when it can be reached; of the library's only warnings are kept."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        log.info("listening", extra={"host": self.config.host, "port": self.config.port})


@app.command()
def schema() -> None:
    """Print the SDL of the graph."""
    sys.stdout.write(build().as_str())


@app.command()
def manifest(folder: Path) -> None:
    """Print the manifest of the operations in a FOLDER of .graphql files, for RIVERFRONT_MANIFEST."""
    try:
        operations = operations_in(folder)
    except ManifestInvalid as problem:
        sys.exit(f"No manifest: {problem}.")
    for name, text in operations.items():
        for error in validate(build().core, parse(text)):
            sys.exit(f"No manifest: {name} does not fit the schema: {error.message}")
    sys.stdout.write(manifest_of(operations))


def _in_words(problem: ValueError) -> str:
    """What is wrong with the environment, by the names of its variables, without any value."""
    errors = getattr(problem, "errors", None)
    found = errors(include_url=False, include_input=False, include_context=False) if errors is not None else []
    return "\n".join(
        [
            "The gateway cannot start; settings are missing or wrong:",
            *([_told(one["type"], one["loc"], one["msg"]) for one in found] or [str(problem)]),
            "The README lists all of them. `make run` sets those of the sandbox.",
        ]
    )


def _told(type: str, place: tuple[int | str, ...], message: str) -> str:
    # What concerns several settings has no place; its text begins with the name of one.
    name, _, text = message.removeprefix("Value error, ").partition(": ") if not place else (str(place[0]), "", message)
    if type == "missing":
        text = f"missing. {Settings.model_fields[name].description}"
    return f"  {', '.join(PREFIX + one.upper() for one in name.split(', '))}: {text}"


if __name__ == "__main__":
    app()
