"""Programs beside Python that some tests need. Where they are missing the test is skipped; in CI it fails."""

import asyncio
import os
import shutil
from pathlib import Path

import pytest

NODE = Path(__file__).parents[1] / "node"

CLIENTS = Path(__file__).parents[2] / "examples" / "clients"
TYPESCRIPT_CLIENT = CLIENTS / "typescript"
PYTHON_CLIENT = CLIENTS / "python"

HOW = {
    "node": "Node 20.19 or later with npm (Debian: apt-get install nodejs npm), then run `make test` again",
    "python client": "the packages of examples/clients/python; `make test` and `make clients` install them",
    "chromium": "Chromium (Debian: apt-get install chromium), or name yours in CHROMIUM",
}


def needs_node(folder: Path = NODE) -> str:
    """Path of Node, with the packages of the folder installed."""
    found = shutil.which("node")
    if found is None or not (folder / "node_modules").is_dir():
        _missing("node")
    return str(found)


def needs_python_client() -> str:
    """Python with the packages of the Python example."""
    found = PYTHON_CLIENT / ".venv" / "bin" / "python"
    if not found.exists():
        _missing("python client")
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
    return await output(needs_node(), str(NODE / script), *arguments)


async def output(program: str, *arguments: str, folder: Path | None = None) -> str:
    """What a program prints that succeeds."""
    running = await asyncio.create_subprocess_exec(
        program,
        *arguments,
        cwd=folder,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, errors = await running.communicate()
    assert running.returncode == 0, errors.decode() + out.decode()
    return out.decode()
