"""Serves the storefront of `examples/storefront` for `make run`, if Node and its packages are there."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

FOLDER = Path(__file__).resolve().parent / "storefront"
VITE = FOLDER / "node_modules" / "vite" / "bin" / "vite.js"

PORT = 5173


def missing() -> str | None:
    """What the storefront lacks, as a sentence for the terminal; None if it can be served."""
    if shutil.which("node") is None:
        return "The storefront needs Node 20.19 or later with npm. Install them, then start again."
    if not VITE.exists() or not (FOLDER / "dist" / "index.html").exists():
        return "The storefront is not built. Run make shop, then start again."
    return None


@contextmanager
def serving(gateway_url: str, digital_river: list[str], port: int) -> Iterator[None]:
    """Serve the built storefront during the `with` block. Its server passes /graphql on to the gateway.

    `digital_river` are the origins that the content security policy allows.
    """
    settings = {
        "GATEWAY_URL": gateway_url,
        "DIGITAL_RIVER_ORIGINS": " ".join(digital_river),
        "STOREFRONT_PORT": str(port),
    }
    arguments = [str(shutil.which("node")), str(VITE), "preview"]
    server = subprocess.Popen(
        arguments, cwd=FOLDER, env=os.environ | settings, start_new_session=True, stdout=subprocess.DEVNULL
    )
    try:
        yield
    finally:
        server.terminate()
        server.wait()
