"""The command line of the test: `python -m bench.replicas load`, `kills` and `silence`."""

import asyncio

import typer

from bench.replicas import __doc__ as description
from bench.replicas.kills import kills
from bench.replicas.load import load
from bench.replicas.plants import Plant
from bench.replicas.report import finish
from bench.replicas.silence import silence

app = typer.Typer(help=description, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


@app.command("load")
def run_load(submits: int = 10_000, carts: int = 500, seed: int = 1, plant: Plant = Plant.NONE) -> None:
    """Send many submit requests for few carts to two replicas. `plant`: a violation to make, to test the oracle."""
    title = f"{submits} submit requests for {carts} carts, seed {seed}"
    finish(title, load(submits, carts, seed=seed, plant=plant), asyncio.run)


@app.command("kills")
def run_kills(times: int = 200, seed: int = 1, plant: Plant = Plant.NONE) -> None:
    """Repeatedly kill a gateway in the middle of submissions. `plant`: a violation to make, to test the oracle."""
    finish(f"{times} kills, seed {seed}", kills(times, seed=seed, plant=plant), asyncio.run)


@app.command("silence")
def run_silence(times: int = 50, seed: int = 1) -> None:
    """Send submit requests while the store does not answer."""
    finish(f"{times} submit requests without a store", silence(times, seed=seed), asyncio.run)


if __name__ == "__main__":
    app()
