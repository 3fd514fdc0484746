"""Programs other than Python that some tests need. If a program is missing, the test is skipped, or fails in CI."""

import asyncio
import os
import shutil
from pathlib import Path

import pytest

NODE = Path(__file__).parents[1] / "node"

CLIENTS = Path(__file__).parents[2] / "examples" / "clients"
TYPESCRIPT_CLIENT = CLIENTS / "typescript"
PYTHON_CLIENT = CLIENTS / "python"

HOW_TO_GET = {
    "node": "Node 20.19 or later with npm (Debian: apt-get install nodejs npm), then run `make test` again",
    "python client": "the packages of examples/clients/python; `make test` and `make clients` install them",
    "haproxy": "HAProxy (Debian: apt-get install haproxy)",
    "chromium": "Chromium (Debian: apt-get install chromium), or name yours in CHROMIUM",
}


def needs_node(folder: Path = NODE) -> str:
    """Path of the Node program. Skips the test unless Node and the packages of the folder are installed."""
    program = shutil.which("node")
    if program is None or not (folder / "node_modules").is_dir():
        _missing("node")
    return str(program)


def needs_python_client() -> str:
    """Path of a Python interpreter with the packages of the example client. Skips the test if none is found."""
    program = PYTHON_CLIENT / ".venv" / "bin" / "python"
    if not program.exists():
        _missing("python client")
    return str(program)


def needs_chromium() -> str:
    program = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        _missing("chromium")
    return str(program)


def needs_haproxy() -> str:
    # Debian installs it in a folder that is in the PATH of root only.
    program = shutil.which("haproxy", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if program is None:
        _missing("haproxy")
    return str(program)


def _missing(name: str) -> None:
    reason = f"needs {HOW_TO_GET[name]}"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


async def node(script: str, *arguments: str) -> str:
    """Run a script of `tests/node` and return its output."""
    return await output(needs_node(), str(NODE / script), *arguments)


async def output(program: str, *arguments: str, folder: Path | None = None) -> str:
    """Run a program and return its output. The test fails if the program fails."""
    process = await asyncio.create_subprocess_exec(
        program,
        *arguments,
        cwd=folder,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, errors = await process.communicate()
    assert process.returncode == 0, errors.decode() + out.decode()
    return out.decode()
