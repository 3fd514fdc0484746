"""Starts the sandbox, a gateway in front of it and, with Node, the storefront, for `make run`.

PORT, SANDBOX_PORT and STOREFRONT_PORT set the ports. The gateway also reads its settings (RIVERFRONT_...) from the
environment. This program overrides the settings that connect the gateway to the sandbox. Ctrl-C stops the programs.
"""

import errno
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import FrameType

from examples import storefront_server

ROOT = Path(__file__).resolve().parent.parent
HOST = "127.0.0.1"
SHOWN_HOST = "localhost"
"""Host name in the addresses that are printed. Development servers such as Vite print the same. A page on `localhost`
keeps no session cookie of a gateway on `127.0.0.1`, because browsers take them for two sites."""
LOOPBACKS = ((socket.AF_INET, HOST), (socket.AF_INET6, "::1"))
PORT, SANDBOX_PORT = 8000, 8001
START_S = 30
STOP_S = 10


class NotStarted(Exception):
    """A program cannot start, or has stopped. The message is printed without a traceback."""


def main() -> None:
    for stop in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(stop, _interrupt)
    try:
        with ExitStack() as running:
            _serve(running)
    except KeyboardInterrupt:
        print("\nStopped.")
    except NotStarted as problem:
        sys.exit(str(problem))


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _serve(running: ExitStack) -> None:
    gateway_port = _free_port("PORT", PORT)
    sandbox_port = _free_port("SANDBOX_PORT", SANDBOX_PORT)
    if gateway_port == sandbox_port:
        raise NotStarted(f"PORT and SANDBOX_PORT are both {gateway_port}. Choose two different ports.")
    sandbox_url, gateway_url = f"http://{HOST}:{sandbox_port}", f"http://{HOST}:{gateway_port}"

    sandbox = running.enter_context(program("sandbox", ["--port", str(sandbox_port)], {}))
    wait_for(sandbox, f"{sandbox_url}/_sandbox/health")
    settings = {
        "RIVERFRONT_DEVELOPMENT": "true",
        "RIVERFRONT_HOST": HOST,
        "RIVERFRONT_PORT": str(gateway_port),
        "RIVERFRONT_UPSTREAM_URL": sandbox_url,
        **_pages(f"http://{SHOWN_HOST}:{sandbox_port}"),
        "RIVERFRONT_LEDGER_URL": f"{sandbox_url}/_ledger/balance",
        # Registered shoppers cannot submit an order in the quiet time after a start, so the quiet time is short here.
        "RIVERFRONT_SUBMISSION_DEADLINE_S": os.environ.get("RIVERFRONT_SUBMISSION_DEADLINE_S", "20"),
        "RIVERFRONT_DOUBT_QUIET_S": os.environ.get("RIVERFRONT_DOUBT_QUIET_S", "21"),
        **_keys(f"{sandbox_url}/_sandbox/keys"),
    }
    gateway = running.enter_context(program("gateway", ["serve"], settings))
    wait_for(gateway, f"{gateway_url}/health/ready")
    storefront = _storefront(running, gateway_url, sandbox_port)
    print(_welcome(gateway_port, sandbox_port, storefront), flush=True)

    while all(program.poll() is None for program in (sandbox, gateway)):
        time.sleep(0.2)
    stopped = "sandbox" if sandbox.poll() is not None else "gateway"
    raise NotStarted(f"The {stopped} stopped by itself. Its last log lines are above.")


def _storefront(running: ExitStack, gateway_url: str, sandbox_port: int) -> str:
    """Start the storefront. Returns its address, or what it lacks: the other programs run without it."""
    lack = storefront_server.missing()
    if lack is not None:
        return lack
    try:
        port = _free_port("STOREFRONT_PORT", storefront_server.PORT)
    except NotStarted as problem:
        return str(problem)
    digital_river = [f"http://{host}:{sandbox_port}" for host in (HOST, SHOWN_HOST)]
    running.enter_context(storefront_server.serving(gateway_url, digital_river, port))
    return f"http://{SHOWN_HOST}:{port}"


def _free_port(variable: str, default: int) -> int:
    value = os.environ.get(variable) or str(default)
    if not value.isdecimal() or not 0 < int(value) < 65536:
        raise NotStarted(f"{variable} must be a number from 1 to 65535, not {value!r}.")
    port = int(value)
    for family, host in LOOPBACKS:
        _check_free(variable, port, family, host)
    return port


def _check_free(variable: str, port: int, family: socket.AddressFamily, host: str) -> None:
    """Raises `NotStarted` if another program uses the port. Programs look for `localhost` at the address ::1 first, so
    that a program there would be taken for the gateway."""
    with socket.socket(family) as probe:
        # Without this option, closing connections would make a free port look occupied. The servers also set it.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except PermissionError:
            raise NotStarted(
                f"Port {port} needs more permissions. Choose a higher port: make run {variable}=8080"
            ) from None
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                return  # The machine has no such address.
            free = port + 10 if port < 65000 else 8080
            raise NotStarted(
                f"Port {port} is in use. Stop its program, or choose another port: make run {variable}={free}"
            ) from None


@contextmanager
def program(name: str, arguments: list[str], settings: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """Run `python -m name` during the `with` block.

    Ctrl-C does not reach the program, because it has its own process session. It is stopped after the `with` block.
    """
    command = [sys.executable, "-m", name, *arguments]
    program = subprocess.Popen(command, cwd=ROOT, env=os.environ | settings, start_new_session=True)
    try:
        yield program
    finally:
        program.terminate()
        try:
            program.wait(STOP_S)
        except subprocess.TimeoutExpired:
            program.kill()
            program.wait()


def wait_for(program: subprocess.Popen[bytes], url: str) -> None:
    name = program.args[2]  # type: ignore[index] # a list, set by `program`
    give_up_at = time.monotonic() + START_S
    while time.monotonic() < give_up_at:
        if program.poll() is not None:
            raise NotStarted(f"The {name!s} did not start. Its last log lines are above.")
        try:
            with urllib.request.urlopen(url, timeout=1) as answer:  # noqa: S310 - a local address
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.05)
    raise NotStarted(f"The {name!s} was not ready after {START_S} seconds.")


def _keys(url: str) -> dict[str, str]:
    with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - a local address
        keys = json.load(answer)
    return {
        "RIVERFRONT_API_KEY": keys["confidentialApiKey"],
        "RIVERFRONT_API_SECRET": keys["confidentialSecret"],
        "RIVERFRONT_PUBLISHABLE_KEY": keys["publicApiKey"],
        "RIVERFRONT_MERCHANT_KEY": keys["merchantKey"],
        "RIVERFRONT_PAYMENT_KEY": keys["paymentKey"],
        "RIVERFRONT_LEDGER_KEY": keys["ledgerKey"],
    }


def _pages(sandbox_url: str) -> dict[str, str]:
    """Settings that send pages to the sandbox's DigitalRiver.js instead of Digital River's."""
    return {
        "RIVERFRONT_SCRIPT_URL": f"{sandbox_url}/v1/DigitalRiver.js",
        "RIVERFRONT_PAYMENTS_PUBLIC_URL": sandbox_url,
    }


def _welcome(gateway_port: int, sandbox_port: int, storefront: str) -> str:
    gateway_url, sandbox_url = f"http://{SHOWN_HOST}:{gateway_port}", f"http://{SHOWN_HOST}:{sandbox_port}"
    has_moved = (gateway_port, sandbox_port) != (PORT, SANDBOX_PORT)
    demo = f"make demo PORT={gateway_port} SANDBOX_PORT={sandbox_port}" if has_moved else "make demo"
    ideas = [
        f"Open {gateway_url}/graphiql and play the tabs from left to right: each is a step of a purchase.\n"
        "     The panel beside them leads to more examples, test cards and the sandbox's clock.",
        f"In another terminal, watch a guest buy a backpack:\n     {demo}",
        "List what is for sale:\n"
        f"     curl --globoff '{gateway_url}/graphql?query={{products(first:3){{nodes{{name}}}}}}'",
        "Buy from a page of your own, in five minutes: docs/tutorial.md",
    ]
    if storefront.startswith("http://"):
        ideas.insert(0, f"Open {storefront}, and shop as a customer does.")
    to_try = "\n".join(f"  {number}. {idea}" for number, idea in enumerate(ideas, 1))
    return f"""
Riverfront is ready.

  graph      {gateway_url}/graphql
  sandbox    {sandbox_url}/_sandbox/ lists its controls
  storefront {storefront}

To try:

{to_try}

Ctrl-C stops all.
"""


if __name__ == "__main__":
    main()
