"""The package of `examples/clients/typescript` with its pages, built from the SDL and the example operations."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from tests.support.external_programs import TYPESCRIPT_CLIENT, needs_node, output
from tests.support.shop import OPERATIONS

SDL = Path(__file__).parents[2] / "schema" / "schema.graphql"

NOT_A_SOURCE = {"node_modules", "dist", "generated"}

SITE = TYPESCRIPT_CLIENT / "dist" / "site" / "generated"


async def client_package() -> Path:
    """Folder of the package, built by `npm run build` unless it is up to date. Skips the test without Node.

    Several processes run tests: one of them builds, the others wait.
    """
    needs_node(TYPESCRIPT_CLIENT)
    stamp = TYPESCRIPT_CLIENT / "dist" / ".sources"
    with _lock():
        digest = _digest_of_sources()
        if not stamp.exists() or stamp.read_text() != digest:
            await output("npm", "run", "build", folder=TYPESCRIPT_CLIENT)
            stamp.write_text(digest)
    return TYPESCRIPT_CLIENT


def client_pages() -> Starlette:
    """A web server for the pages of the package: the origin of a storefront."""
    return Starlette(routes=[Mount("/", StaticFiles(directory=SITE, html=True))])


@contextmanager
def _lock() -> Iterator[None]:
    with (TYPESCRIPT_CLIENT / "node_modules" / ".build-lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _digest_of_sources() -> str:
    digest = sha256()
    for path in sorted([SDL, *OPERATIONS.glob("*.graphql"), *_sources()]):
        digest.update(str(path).encode() + path.read_bytes())
    return digest.hexdigest()


def _sources() -> Iterator[Path]:
    for folder, folders, names in os.walk(TYPESCRIPT_CLIENT):
        folders[:] = set(folders) - NOT_A_SOURCE
        yield from (Path(folder, name) for name in names)
