"""Rules for dependencies, lengths of files, classes and functions, test names, and what fails on busy machines only.

test_imports.py checks imports.
"""

import ast
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.metadata import version
from pathlib import Path
from statistics import median

from packaging.requirements import Requirement

from gateway.version import VERSION

ROOT = Path(__file__).parents[2]

PROJECT = {"schema", "resolvers", "gateway", "sandbox", "tests", "bench", "examples"}

MOST_LINES_OF_A_FILE = 400
MOST_LINES_OF_A_CLASS = 250
MOST_WORDS_OF_A_TEST_NAME = 10
MEDIAN_LINES_OF_A_FUNCTION = 5

FUNCTION = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def modules(*packages: str) -> dict[str, ast.Module]:
    """Return the syntax trees of the files in `packages`, by path. The default is all packages except the tests."""
    packages = packages or ("schema", "resolvers", "gateway", "sandbox", "bench", "examples")
    # Skip the example clients, because their folders contain installed packages and generated code.
    clients = ROOT / "examples" / "clients"
    paths = [path for package in packages for path in sorted((ROOT / package).rglob("*.py"))]
    own = [path for path in paths if not path.is_relative_to(clients) and "node_modules" not in path.parts]
    return {str(path.relative_to(ROOT)): ast.parse(path.read_text()) for path in own}


def lines_of(node: ast.ClassDef | FUNCTION) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def test_examples_import_no_package_of_the_project() -> None:
    others = PROJECT - {"examples"}
    imports = {path: set(imported_packages(tree)) & others for path, tree in modules("examples").items()}
    assert {path: names for path, names in imports.items() if names} == {}


def imported_packages(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0
            yield str(node.module).partition(".")[0]


def test_only_one_module_reads_environment_variables() -> None:
    paths = modules("schema", "resolvers", "gateway", "sandbox")
    readers = [path for path in paths if re.search(r"os\.environ|getenv", (ROOT / path).read_text())]
    assert readers == ["gateway/settings/environment.py"]


def test_only_the_upstream_package_imports_an_http_client() -> None:
    paths = modules("schema", "resolvers", "gateway", "sandbox")
    importers = {path for path, tree in paths.items() if {"httpx", "aiohttp"} & set(imported_packages(tree))}
    assert {path for path in importers if not path.startswith("gateway/upstream/")} == {"gateway/app.py"}


def test_dependencies_page_lists_every_runtime_dependency() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    page = (ROOT / "docs" / "dependencies.md").read_text()
    for requirement in project["dependencies"]:
        name = re.split(r"[<>=~! ]", requirement)[0]
        assert f"| {name} |" in page, f"{name} has no line in docs/dependencies.md"


def test_lock_files_have_hashes_and_no_registry_url() -> None:
    for name in ("requirements.lock", "requirements-dev.lock", "examples/clients/python/requirements.lock"):
        lock = (ROOT / name).read_text()
        assert "--hash=sha256:" in lock
        assert "://" not in lock
        assert "index-url" not in lock
    for folder in ("tests/node", "examples/clients/typescript", "bench/peers/node", "bench/peers/hive"):
        name = f"{folder}/package-lock.json"
        lock = (ROOT / name).read_text()
        assert '"integrity": "sha512-' in lock
        assert '"resolved"' not in lock
    lock = (ROOT / "examples/storefront/package-lock.json").read_text()
    assert '"integrity": "sha512-' in lock
    assert re.findall('"resolved": "(.*)"', lock) == ["file:../clients/typescript"]


def test_version_of_the_gateway_is_that_of_pyproject() -> None:
    assert tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"] == VERSION


def test_installed_versions_satisfy_pyproject() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    requirements = [Requirement(dependency) for dependency in project["dependencies"]]
    misfits = [str(needed) for needed in requirements if not needed.specifier.contains(version(needed.name))]
    assert misfits == []


def test_files_do_not_exceed_the_maximum_length() -> None:
    lengths = {path: len((ROOT / path).read_text().splitlines()) for path in modules()}
    assert {path: length for path, length in lengths.items() if length > MOST_LINES_OF_A_FILE} == {}


def test_classes_do_not_exceed_the_maximum_length() -> None:
    lengths = {
        f"{path}: {node.name}": lines_of(node)
        for path, tree in modules().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
    }
    assert {name: length for name, length in lengths.items() if length > MOST_LINES_OF_A_CLASS} == {}


def test_median_function_length_does_not_exceed_the_limit() -> None:
    trees = modules("schema", "resolvers", "gateway", "sandbox")
    lengths = [lines_of(node) for tree in trees.values() for node in ast.walk(tree) if isinstance(node, FUNCTION)]
    assert len(lengths) > 1000
    assert median(lengths) <= MEDIAN_LINES_OF_A_FUNCTION


def test_test_names_do_not_exceed_the_maximum_length() -> None:
    names = [
        node.name.removeprefix("test_")
        for tree in modules("tests").values()
        for node in ast.walk(tree)
        if isinstance(node, FUNCTION) and node.name.startswith("test_")
    ]
    assert [name for name in names if len(name.split("_")) > MOST_WORDS_OF_A_TEST_NAME] == []


SHORT_DEADLINE = re.compile(r"(?:operation|submission)_deadline_s\"?(?:=|: )([0-9.e-]+)")


def test_deadlines_of_tests_leave_time_for_a_busy_machine() -> None:
    too_short = [
        f"{path.relative_to(ROOT)}: {deadline[0]}"
        for path in (ROOT / "tests").rglob("test_*.py")
        for deadline in SHORT_DEADLINE.finditer(path.read_text())
        if float(deadline[1]) < 2
    ]
    assert too_short == [], "SHORT_DEADLINE_S of tests.support.shop is long enough"


def test_scripts_type_only_when_a_field_takes_it() -> None:
    scripts = [path for path in (ROOT / "tests" / "node").rglob("*.mjs") if "node_modules" not in path.parts]
    others = [path.name for path in scripts if "pressSequentially" in path.read_text()]
    assert others == ["typing.mjs"], "use typeIn: keys that arrive too early are lost, and only on a busy machine"
