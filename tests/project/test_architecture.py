"""Rules about files, packages and lock files. Imports between rooms: test_walls.py."""

import ast
import re
import tomllib
from importlib.metadata import version
from pathlib import Path
from statistics import median

from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]

OURS = {"schema", "resolvers", "gateway", "sandbox", "tests", "bench", "examples"}


def modules() -> list[Path]:
    rooms = ("schema", "resolvers", "gateway", "sandbox", "examples")
    # The example clients are projects of their own, with packages and generated code in them.
    clients = ROOT / "examples" / "clients"
    return [path for room in rooms for path in sorted((ROOT / room).rglob("*.py")) if not path.is_relative_to(clients)]


def imported(path: Path) -> set[str]:
    """Modules of the project that a file imports."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            names |= {f"{node.module}.{alias.name}" for alias in node.names} | {str(node.module)}
    return {name for name in names if name.partition(".")[0] in OURS}


def test_examples_import_nothing_of_the_project() -> None:
    examples = [path for path in modules() if path.is_relative_to(ROOT / "examples")]
    assert {str(path): names for path in examples if (names := imported(path))} == {}


def test_only_settings_read_the_environment() -> None:
    readers = [
        str(path.relative_to(ROOT))
        for path in modules()
        if re.search(r"os\.environ|getenv", path.read_text()) and "examples" not in path.parts
    ]
    assert readers == ["gateway/settings.py"]


def test_only_upstream_speaks_http() -> None:
    speakers = {
        str(path.relative_to(ROOT))
        for path in modules()
        if re.search(r"^(import|from) (httpx|aiohttp)\b", path.read_text(), re.MULTILINE)
    }
    assert {one for one in speakers if not one.startswith(("gateway/upstream/", "examples/"))} == {"gateway/app.py"}


def test_every_runtime_dependency_has_its_line() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    page = (ROOT / "docs" / "dependencies.md").read_text()
    for requirement in project["dependencies"]:
        name = re.split(r"[<>=~! ]", requirement)[0]
        assert f"| {name} |" in page, f"{name} has no line in docs/dependencies.md"


def test_the_lock_files_name_no_address() -> None:
    for name in ("requirements.lock", "requirements-dev.lock", "examples/clients/python/requirements.lock"):
        text = (ROOT / name).read_text()
        assert "--hash=sha256:" in text
        assert "://" not in text
        assert "index-url" not in text
    for name in ("tests/node/package-lock.json", "examples/clients/typescript/package-lock.json"):
        text = (ROOT / name).read_text()
        assert '"integrity": "sha512-' in text
        assert '"resolved"' not in text


def test_what_is_installed_is_new_enough() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    for text in project["dependencies"]:
        requirement = Requirement(text)
        assert requirement.specifier.contains(version(requirement.name)), text


def test_functions_are_short() -> None:
    """Half of them have ten lines or fewer; the sandbox imitates what it does not shape."""
    trees = [ast.parse(path.read_text()) for path in modules() if path.relative_to(ROOT).parts[0] != "sandbox"]
    lengths = [
        (node.end_lineno or node.lineno) - node.lineno + 1
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    assert len(lengths) > 500
    assert median(lengths) <= 10
