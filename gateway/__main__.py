"""The command line: `python -m gateway serve`, `doctor`, `schema`, `manifest`, `attempt` and `order`."""

import asyncio
import gc
import logging
import re
import resource
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import typer
from graphql import parse, validate
from pydantic import ValidationError
from typer.core import TyperGroup

from gateway import lean_imports  # noqa: F401 - keeps others out
from gateway.app import create_app, preload
from gateway.doctor.examination import examine
from gateway.doctor.finding import Level
from gateway.documents.manifest import ManifestInvalid, manifest_of, operations_in
from gateway.errors import StoreEvicts, StoreIsCluster, StoreUnavailable
from gateway.http.connections import ConnectionLimits
from gateway.http.server import Server, listening_socket, metrics_sockets
from gateway.http.usable_cores import usable_cores
from gateway.http.workers import Worker, Workers
from gateway.order_commands import NOT_LOOKED_UP, print_attempt, print_order
from gateway.settings.environment import PREFIX
from gateway.settings.settings import Settings
from gateway.shopper_messages.catalogue import ShopperMessagesInvalid
from gateway.store.redis import RedisStore
from gateway.telemetry import logs
from gateway.tracing.start import TracesUnavailable, load_packages
from gateway.version import VERSION
from schema.build import build

log = logging.getLogger("gateway")


class CannotRun(Exception):
    """A command cannot do its work. The message says why, and what to do. It begins in lower case or with a name."""


OPENINGS = {"serve": "The gateway cannot start", "manifest": "No manifest"}
"""How the message of a command begins that cannot run. The others are named."""

EXIT_CODES = {"attempt": NOT_LOOKED_UP, "order": NOT_LOOKED_UP}
"""Exit codes of commands that cannot run. The others end with 1."""


class Commands(TyperGroup):
    """Reports in one way that a command cannot run, whichever it is."""

    def invoke(self, ctx: Any) -> Any:  # typer has no public name for this class of contexts
        try:
            return super().invoke(ctx)
        except CannotRun as failure:
            name = ctx.invoked_subcommand or ""
            opening = OPENINGS.get(name, f"`python -m gateway {name}` cannot run")
            sys.stderr.write(f"{opening}: {failure}\n")
            sys.exit(EXIT_CODES.get(name, 1))


app = typer.Typer(
    cls=Commands,
    help="Riverfront, a GraphQL gateway for checkout in front of Digital River.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

MAX_FILES = 8192
"""Open files of the process. Each connection is a file, and costs some kilobytes of memory."""

OTHER_FILES = 320
"""Files that are kept free for connections to Digital River and the store, and for logs."""

YOUNG_OBJECTS = 20_000
"""Number of new objects after which the garbage collector searches them for circles.

It would find hardly any, but the objects of running requests exceed the default of 700 again and again, and the vain
searches cost a tenth of a request. With 20,000, 64 requests at once cause none. What circles there are, such as those
of a new document, must not wait for much longer, since each may keep a request of 128 KB in memory.
"""

ABSENT = frozenset({"missing", "too_short", "string_too_short"})
"""Pydantic's error types for a missing or empty variable."""


def _print_version(is_asked: bool) -> None:
    if is_asked:
        typer.echo(f"riverfront {VERSION}")
        raise typer.Exit


@app.callback()
def common(
    version: bool = typer.Option(False, "--version", callback=_print_version, is_eager=True, help="Print the version."),
) -> None:
    pass


@app.command()
def serve(
    workers: str = typer.Option(
        "1",
        help="Processes that serve the port: a number, or auto for one per core. More than one need "
        "RIVERFRONT_STORE_URL.",
    ),
) -> None:
    """Serve the graph. Settings are environment variables named RIVERFRONT_...; the README lists them."""
    settings = _settings("The README lists all settings. `make run` sets those for the sandbox.")
    logs.configure(settings.log_level)
    log.info("starting", extra={"version": VERSION})
    for origin in settings.unencrypted_origins:
        log.warning("pages of this origin keep no session cookie: not https", extra={"origin": origin})
    has_shared_store = bool(settings.store_url.get_secret_value())
    number = _number_of(workers, has_shared_store=has_shared_store)
    if number > 1 and not has_shared_store:
        raise CannotRun("several workers need a store that they share. Set RIVERFRONT_STORE_URL.")
    try:
        load_packages(settings)
        preload(settings)
    except TracesUnavailable as error:
        raise CannotRun(
            f"{PREFIX}TRACES_URL is set, but the package {error} is missing. "
            "Install the packages of requirements-otel.lock, or unset it."
        ) from error
    except ManifestInvalid as error:
        raise CannotRun(f"{error}.") from error
    except ShopperMessagesInvalid as error:
        raise CannotRun(
            _listing(
                f"messages in {PREFIX}SHOPPER_MESSAGES are wrong",
                str(error).splitlines(),
                "docs/shopper-messages.md lists all messages and their values.",
            )
        ) from error
    if has_shared_store:
        asyncio.run(_check_store(settings))
    else:
        log.warning("store in memory: run exactly one process")
    limits = ConnectionLimits(connections=_files_for_connections(), idle_s=settings.keep_alive_s)
    if number == 1:
        _serve(settings, limits)
    else:
        _keep_loaded_objects()
        sockets = listening_socket(settings), metrics_sockets(settings, number)
        Workers(number, sockets[0], lambda worker: _serve(settings, limits, worker), sockets[1]).run()


def _number_of(workers: str, *, has_shared_store: bool) -> int:
    """Number of workers for the option. Without a shared store, `auto` is one."""
    if workers == "auto":
        return usable_cores() if has_shared_store else 1
    if not re.fullmatch(r"[1-9]\d{0,2}", workers):
        raise CannotRun("--workers must be a number from 1 to 999, or auto.")
    return int(workers)


def _serve(settings: Settings, limits: ConnectionLimits, worker: Worker | None = None) -> None:
    gateway = create_app(settings)
    _keep_loaded_objects()
    gc.set_threshold(YOUNG_OBJECTS, *gc.get_threshold()[1:])
    Server(gateway, settings, limits, worker).run()


def _keep_loaded_objects() -> None:
    """Exempt the objects that exist now from garbage collection, because they live as long as the process.

    The collector would traverse them repeatedly and delay a request by up to 0.1 s. In a worker, it would also write to
    the memory that the workers share, and so copy it.
    """
    gc.collect()
    gc.freeze()


def _files_for_connections() -> int:
    """Number of connections of clients for which the operating system allows files. Allow as many as possible."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    allowed = MAX_FILES if hard == resource.RLIM_INFINITY else min(hard, MAX_FILES)
    resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
    return max(allowed - OTHER_FILES, 1)


async def _check_store(settings: Settings) -> None:
    """Raise `CannotRun` if the store evicts keys or is a cluster.

    Log a warning if the store cannot be used in another way, because that may change later.
    """
    store = RedisStore(settings.store_url.get_secret_value(), ca=settings.store_ca, timeout_s=settings.store_timeout_s)
    try:
        await store.probe()
    except StoreEvicts as error:
        raise CannotRun(
            f"the store may evict records of submissions. It has {error.detail}, not noeviction."
        ) from error
    except StoreIsCluster as error:
        raise CannotRun(
            "the store is a cluster. Use one server, with Sentinels or a managed service that replaces it when it "
            "fails."
        ) from error
    except StoreUnavailable as error:
        log.warning("store unusable: only public fields are served until it is", extra={"reason": error.detail})
    finally:
        await store.aclose()


@app.command()
def doctor() -> None:
    """Examine settings, store and Digital River. Ends with 1 if the gateway could not take orders."""
    sys.exit(asyncio.run(_examine(_settings_of_gateway())))


async def _examine(settings: Settings) -> int:
    """Print each finding as soon as it is known. Return the exit code."""
    levels = []
    async for finding in examine(settings):
        typer.echo(finding)
        levels.append(finding.level)
    return int(Level.FAILED in levels)


@app.command()
def schema() -> None:
    """Print the SDL of the graph."""
    sys.stdout.write(build().as_str())


@app.command()
def manifest(
    folder: Path = typer.Argument(help="Folder with .graphql files. Operation names must be unique."),  # noqa: B008
) -> None:
    """Print a manifest of the operations in FOLDER, for RIVERFRONT_MANIFEST."""
    try:
        operations = operations_in(folder)
    except ManifestInvalid as error:
        raise CannotRun(f"{error}.") from error
    for name, source in operations.items():
        if errors := validate(build().core, parse(source), max_errors=1):
            raise CannotRun(f"{name} does not fit the schema: {errors[0].message}")
    sys.stdout.write(manifest_of(operations))


@app.command()
def attempt(key: UUID = typer.Argument(help="Idempotency key of the submission.")) -> None:  # noqa: B008
    """Print what is known about a submission. Exit code 1: unknown key. 2: it cannot be looked up."""
    sys.exit(asyncio.run(print_attempt(_settings_of_gateway(), key)))


@app.command()
def order(number: str = typer.Argument(help="Order number of Digital River.")) -> None:
    """Print what is known about the last submission of an order. Exit code 1: unknown number. 2: it cannot be looked
    up."""
    sys.exit(asyncio.run(print_order(_settings_of_gateway(), number)))


def _settings_of_gateway() -> Settings:
    """The settings of a command that needs those of the gateway. The log has nothing, so that the output of the command
    can be read."""
    settings = _settings(
        "It needs the settings of the gateway: run it where the gateway runs. docs/operating/orders-in-question.md "
        "says how."
    )
    logs.configure("CRITICAL")
    return settings


def _settings(advice: str) -> Settings:
    """Raise `CannotRun` with the names of the missing or malformed environment variables, without their values."""
    try:
        return Settings.from_environment()
    except ValueError as error:
        problems = _problems(error) if isinstance(error, ValidationError) else str(error).splitlines()
        report = _listing("settings are missing or wrong", problems, advice)
    raise CannotRun(report)


def _listing(heading: str, problems: Iterable[str], advice: str) -> str:
    return "\n".join([f"{heading}.", *(f"  {problem}" for problem in problems), advice])


def _problems(error: ValidationError) -> Iterator[str]:
    reported: set[str] = set()
    for details in error.errors(include_url=False, include_input=False, include_context=False):
        message = details["msg"].removeprefix("Value error, ")
        if not details["loc"]:
            # The error concerns several settings. Each line of its message has the form `setting, setting: problem`.
            for line in message.splitlines():
                names, _, problem = line.partition(": ")
                yield f"{', '.join(map(_variable, names.split(', ')))}: {problem}."
            continue
        name = str(details["loc"][0])
        if name in reported:
            continue
        reported.add(name)
        if details["type"] in ABSENT:
            yield f"{_variable(name)} is not set. {Settings.model_fields[name].description}"
        else:
            yield f"{_variable(name)}: {_plain(message)}."


def _plain(message: str) -> str:
    """Convert `Input should be a valid integer, unable to parse …` to `must be a valid integer`."""
    return re.sub(r"^\w+ should", "must", message).partition(", unable to")[0]


def _variable(name: str) -> str:
    return PREFIX + name.upper()


if __name__ == "__main__":
    app()
