"""`python -m tests.support.field_fuzz FOLDER...` changes every field of the JSON bodies in these folders, one by one.

It decodes the bodies as the gateway does, and prints what the decoded answers lose other than the changed field.

`python -m tests.support.field_fuzz --shop` does the same with the answers that the sandbox gives in a shopper's life.
Each changed answer is sent to a gateway over HTTP, and the answers to the client are compared. `--every N` makes only
each Nth change, and `--only NAME` runs only this operation. Exits with 1 if too much was lost.
"""

import argparse
import asyncio
import json
import logging
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from gateway.errors import UpstreamInvalidResponse
from tests.support.changed_answers import fuzzed
from tests.support.changed_fields import changes, fields
from tests.support.decoded_answers import Answer, decoder_of
from tests.support.shopper_life import scenarios


class Figures(NamedTuple):
    bodies: int
    unread: int
    """Number of bodies that the gateway does not read."""
    fields: int
    changes: int
    losses: list[str]

    def __str__(self) -> str:
        return (
            f"{self.bodies} bodies, {self.unread} of them not read by the gateway; {self.fields} fields, "
            f"{self.changes} changes, {len(self.losses)} with losses"
        )


def decoded_without_loss(bodies: Iterable[tuple[str, Any]], *, every: int = 1) -> Figures:
    """Make each change of each body, or only each change number `every`. `bodies` are pairs of a name and JSON."""
    read = unread = members = made = number = 0
    losses: list[str] = []
    for name, body in bodies:
        decoder = decoder_of(body)
        read += 1
        if decoder is None:
            unread += 1
            continue
        members += sum(1 for _ in fields(body))
        try:
            answer = Answer(body, decoder)
        except UpstreamInvalidResponse:
            losses.append(f"{name}: the answer is invalid without a change")
            continue
        for change in changes(body):
            number += 1
            if number % every == 0:
                made += 1
                losses += [f"{name}: {loss}" for loss in list(answer.losses(change))[:1]]
    return Figures(read, unread, members, made, losses)


def bodies_in(folders: Iterable[Path]) -> Iterator[tuple[str, Any]]:
    for folder in folders:
        for file in sorted(folder.rglob("*.json")):
            yield str(file.relative_to(folder)), json.loads(file.read_text())


async def _shop(every: int, only: str | None) -> list[str]:
    answers = runs = 0
    losses: list[str] = []
    for scenario in scenarios():
        if only in (None, scenario.name):
            result = await fuzzed(scenario, every=every)
            print(f"{scenario.name}: {result.answers} answers, {result.runs} changes, {len(result.losses)} with losses")
            answers, runs = answers + result.answers, runs + result.runs
            losses += result.losses
    print(f"{answers} answers, {runs} changes, {len(losses)} with losses")
    return losses


def main() -> int:
    parser = argparse.ArgumentParser(description="Change every field of example bodies, one at a time.")
    parser.add_argument("folders", nargs="*", type=Path, metavar="FOLDER")
    parser.add_argument("--shop", action="store_true", help="change the answers of the sandbox instead")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="make only each Nth change")
    parser.add_argument("--only", metavar="NAME", help="with --shop: run only this operation")
    arguments = parser.parse_args()
    # The gateway logs each field that it cannot read.
    logging.disable(logging.CRITICAL)
    if arguments.shop:
        losses = asyncio.run(_shop(arguments.every, arguments.only))
    else:
        figures = decoded_without_loss(bodies_in(arguments.folders), every=arguments.every)
        losses = figures.losses
        print(figures)
    print("\n".join(losses))
    return int(bool(losses))


if __name__ == "__main__":
    sys.exit(main())
