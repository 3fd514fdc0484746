"""Programs beside Python that some tests need. Where they are missing the test is skipped; in CI it fails."""

import asyncio
import os
import shutil
from pathlib import Path

import pytest

NODE = Path(__file__).parent / "node"

HOW = {
    "node": "Node 20 or later with npm (Debian: apt-get install nodejs npm), then run `make test` again",
    "chromium": "Chromium (Debian: apt-get install chromium), or name yours in CHROMIUM",
}


def needs_node() -> str:
    """Path of Node, with the packages of `tests/node` installed."""
    found = shutil.which("node")
    if found is None or not (NODE / "node_modules").is_dir():
        _missing("node")
    return str(found)


def needs_chromium() -> str:
    found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if found is None:
        _missing("chromium")
    return str(found)


def _missing(name: str) -> None:
    reason = f"needs {HOW[name]}"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


async def node(script: str, *arguments: str) -> str:
    """What a script of `tests/node` prints."""
    program = await asyncio.create_subprocess_exec(
        needs_node(),
        str(NODE / script),
        *arguments,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, errors = await program.communicate()
    assert program.returncode == 0, errors.decode() + out.decode()
    return out.decode()
