"""How does the gateway compare with other GraphQL servers? `make bench-peers`, or `python -m bench.peers`

All servers answer the same operation, `checkout.graphql`, from the same recorded upstream. The gateway keeps lists of
payment methods for a minute; the servers named "cached" do the same, the others read the list for each request. Every
answer is compared with graphql-core's before the measurement and in each round. Peers that do not start here are left
out and named. Servers on V8 need seconds of load until their code is compiled, hence the long start.
"""

import asyncio
import os
from argparse import ArgumentParser, Namespace
from contextlib import ExitStack
from pathlib import Path

from bench.harness.operations import CHECKOUT, Operation
from bench.harness.recording import record
from bench.harness.report import introduce, print_table, write_json
from bench.harness.rounds import SESSIONS, Contestant, Results, measure, prepared, upstream
from bench.harness.servers import OURS, Variant, serving, take_last_core
from bench.peers import upstream_shape
from bench.peers.answers import LooseOperation
from examples.run import NotStarted

HERE = Path(__file__).parent

NODE = HERE / "node"

TAILCALL = NODE / "node_modules/@tailcallhq/core-linux-x64-gnu/bin/tailcall"
"""The program of the npm package. It needs a new C library; the variable TAILCALL names another program."""

REFERENCE = "Mercurius JIT, cached"

TOKENS = [f"token{number}" for number in range(SESSIONS)]


def node(name: str, script: str, **environment: str) -> Variant:
    return Variant(name, ("node", script), {"UPSTREAM": "{upstream}", "NODE_ENV": "production"} | environment, NODE)


def tailcall(name: str, configuration: str) -> Variant:
    command = (os.environ.get("TAILCALL", str(TAILCALL)), "start", "{file}")
    environment = {"TAILCALL_TRACKER": "false", "TAILCALL_LOG_LEVEL": "error"}
    return Variant(name, command, environment, template=configuration)


def renaming(*, cache: str) -> str:
    return (HERE / "tailcall.graphql").read_text().replace("{cache}", cache)


PEERS = [
    node(REFERENCE, "mercurius.mjs", JIT="1", METHODS="cached"),
    node("Mercurius JIT", "mercurius.mjs", JIT="1"),
    node("Yoga, cached", "yoga.mjs", METHODS="cached"),
    node("Yoga", "yoga.mjs"),
    node("Apollo Server, cached", "apollo.mjs", METHODS="cached"),
    node("Apollo Server", "apollo.mjs"),
    tailcall("Tailcall, cached", renaming(cache="@cache(maxAge: 60000)")),
    tailcall("Tailcall", renaming(cache="")),
]

HIVE_COMMAND = ("node", "node_modules/.bin/hive-gateway", "supergraph", "-c", "gateway.config.mjs", "{file}")

EASIER_TASK = [
    tailcall("Tailcall, own names", upstream_shape.tailcall_configuration()),
    Variant(
        "Hive JIT, own names",
        HIVE_COMMAND,
        {"SUPERGRAPH": "{file}", "NODE_ENV": "production"},
        HERE / "hive",
        template=upstream_shape.hive_supergraph(),
    ),
]
"""Peers that serve the upstream's answers under the upstream's own names, and are given the payment session's id."""


async def main(options: Namespace) -> Results:
    load = f"{options.connections} connections, {SESSIONS} sessions, {options.rounds} rounds of {options.seconds:g} s"
    introduce(__doc__, f"{load} after {options.warm:g} s, upstream answers after {options.delay_ms:g} ms")
    recorded = await record([CHECKOUT])
    (checkout,) = recorded.operations
    with ExitStack() as running:
        url = running.enter_context(upstream(recorded.recording, options.delay_ms))
        programs = [prepared(running.enter_context(serving(variant, url)), [checkout]) for variant in OURS]
        loose = LooseOperation(checkout.name, checkout.document, expected=checkout.expected)
        easier = upstream_shape.checkout(recorded.recording)
        tasks = [*((variant, loose) for variant in PEERS), *((variant, easier) for variant in EASIER_TASK)]
        programs += [peer for variant, task in tasks if (peer := started(running, variant, url, task)) is not None]
        results = await measure(
            programs,
            rounds=options.rounds,
            seconds=options.seconds,
            connections=options.connections,
            warm_s=options.warm,
        )
        names = [program.name for program in programs]
        print_table(results, [REFERENCE, *(name for name in names if name != REFERENCE)])
        for program in programs:
            print(f"  {program.name:22} {program.server.memory_mb():4.0f} MB")
    return results


def started(running: ExitStack, variant: Variant, url: str, operation: Operation) -> Contestant | None:
    """The running peer, or None if it cannot be started."""
    try:
        return prepared(running.enter_context(serving(variant, url)), [operation], TOKENS)
    except (NotStarted, OSError) as problem:
        print(f"  left out: {variant.name}, {str(problem).splitlines()[0]}")
        return None


if __name__ == "__main__":
    parser = ArgumentParser(description="Compare the gateway with other GraphQL servers.")
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--seconds", type=float, default=2)
    parser.add_argument("--warm", type=float, default=12, help="seconds of load before the first round")
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--delay-ms", type=float, default=0, help="of the upstream's answers")
    parser.add_argument("--json", type=Path, help="file for the figures")
    arguments = parser.parse_args()
    take_last_core()
    figures = asyncio.run(main(arguments))
    if arguments.json is not None:
        write_json(figures, arguments.json)
