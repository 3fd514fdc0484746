"""Code generators, compilers and linters that storefront developers use accept the graph."""

import re
import sys
from pathlib import Path

import pytest

from sandbox.model.world import World
from tests.support.external_programs import PYTHON_CLIENT, needs_python_client, node, output
from tests.support.running_gateway import running_gateway
from tests.support.shop import OPERATIONS, SUBMIT

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]

SCHEMA = Path(__file__).parents[2] / "schema"
SDL = str(SCHEMA / "schema.graphql")
RELEASED = str(SCHEMA / "released.graphql")
"""SDL of the last release."""

DOCUMENTS = [str(path) for path in sorted(OPERATIONS.glob("*.graphql"))]


async def test_python_client_passes_the_type_checker_and_places_an_order(world: World) -> None:
    python = needs_python_client()
    await output(python, "-m", "ariadne_codegen", folder=PYTHON_CLIENT)
    await output(sys.executable, "-m", "mypy", "--python-executable", python, "purchase.py", folder=PYTHON_CLIENT)
    async with running_gateway(world) as (gateway, sandbox):
        printed = await output(python, "purchase.py", gateway, sandbox, folder=PYTHON_CLIENT)
    assert "\nOrder number 11" in printed
    assert world.calls.count("POST", SUBMIT) == 1


async def test_relay_compiler_accepts_every_example_operation(tmp_path: Path) -> None:
    printed = await node("relay.mjs", SDL, str(tmp_path), *DOCUMENTS)
    assert "Compilation completed" in printed
    assert (tmp_path / "compiled" / "GuestOrder.graphql.ts").exists()


async def test_graphql_eslint_finds_no_problem() -> None:
    assert await node("lint.mjs", SDL, *DOCUMENTS) == ""


async def test_graphql_eslint_reports_a_missing_description(tmp_path: Path) -> None:
    changed = write_changed_sdl(tmp_path, r'  """[^"]*"""\n(?=  publishableKey: )')
    assert "require-description" in await node("lint.mjs", changed, *DOCUMENTS)


async def test_graph_has_no_breaking_change_since_the_last_release() -> None:
    """If a breaking change affects no client, copy `schema.graphql` over `released.graphql` and document the reason."""
    assert await node("inspect.mjs", RELEASED, SDL, *DOCUMENTS) == ""


async def test_graphql_inspector_reports_a_removed_field(tmp_path: Path) -> None:
    changed = write_changed_sdl(tmp_path, "publishableKey(?=: )", "publicKey")
    printed = await node("inspect.mjs", SDL, changed, *DOCUMENTS)
    assert "Field 'publishableKey' was removed from object type 'Storefront'" in printed
    assert 'Cannot query field "publishableKey"' in printed


def write_changed_sdl(folder: Path, pattern: str, replacement: str = "") -> str:
    """Write a copy of the SDL with the only match of the pattern replaced. Returns the path of the copy."""
    sdl, matches = re.subn(pattern, replacement, Path(SDL).read_text())
    assert matches == 1
    changed = folder / "changed.graphql"
    changed.write_text(sdl)
    return str(changed)
