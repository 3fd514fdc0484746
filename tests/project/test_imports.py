"""There are no circular imports. Each room of docs/architecture.md imports only from lower floors.

A room is a folder or a single file.
"""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest

from tests.support.floors import PACKAGES, PAGE, ROOT, read_floors
from tests.support.import_graph import Graph, circle, forbidden_imports, import_graph


@cache
def project() -> Graph:
    return import_graph(ROOT, PACKAGES)


@pytest.mark.parametrize("building", ["gateway", "sandbox"])
def test_gateway_and_sandbox_have_no_circular_imports(building: str) -> None:
    floors = read_floors()
    files = {file: imports for file, imports in project().items() if floors.room(file).building == building}
    assert " imports ".join(circle(files)) == ""


@pytest.mark.parametrize("building", ["gateway", "sandbox"])
def test_rooms_import_from_lower_floors_only(building: str) -> None:
    floors = read_floors()
    files = {file: imports for file, imports in project().items() if floors.room(file).building == building}
    assert "\n".join(forbidden_imports(files, floors)) == ""


def test_every_room_and_file_of_the_architecture_page_exists() -> None:
    files = set(re.findall(r"(?:gateway|resolvers|schema|sandbox|tests|bench)/[\w/]*(?:\.py)?", PAGE.read_text()))
    names = {room.name for room in read_floors().rooms} | files
    assert len(names) > 60
    assert sorted(name for name in names if not (ROOT / name).exists()) == []


# Small example projects with forbidden imports, which the tests above must detect.


def project_with(folder: Path, files: Mapping[str, str]) -> Graph:
    for name, source in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(source)
    return import_graph(folder, {"gateway"})


TYPE_CHECKING = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    "

CIRCULAR_IMPORTS = {
    "at module level": ("import gateway.store.b\n", "from gateway.store import a\n"),
    "under TYPE_CHECKING": (f"{TYPE_CHECKING}from gateway.store.b import B\n", "from gateway.store.a import A\n"),
    "inside a function": ("from gateway.store.b import B\n", "def f():\n    from gateway.store import a\n"),
    "relative": ("from .b import B\n", "from . import a\n"),
}


@pytest.mark.parametrize(("first", "second"), CIRCULAR_IMPORTS.values(), ids=CIRCULAR_IMPORTS)
def test_circular_import_is_reported_with_its_files(tmp_path: Path, first: str, second: str) -> None:
    graph = project_with(tmp_path, {"gateway/store/a.py": first, "gateway/store/b.py": second})
    files = circle(graph)
    assert files[0] == files[-1]
    assert sorted(files[1:]) == ["gateway/store/a.py", "gateway/store/b.py"]


def test_circular_import_through_a_package_is_reported(tmp_path: Path) -> None:
    files = {
        "gateway/store/__init__.py": "from gateway.sessions.b import B\n",
        "gateway/store/a.py": "",
        "gateway/sessions/b.py": "from gateway.store.a import A\n",
    }
    assert len(circle(project_with(tmp_path, files))) == 3


FORBIDDEN = {
    "up": (
        "gateway/store/a.py",
        "from gateway.sessions.b import B\n",
        "gateway/store/a.py (floor 2) imports gateway/sessions/b.py (floor 5)",
    ),
    "up, under TYPE_CHECKING": (
        "gateway/amounts/money.py",
        f"{TYPE_CHECKING}import gateway.sessions.b\n",
        "gateway/amounts/money.py (floor 0) imports gateway/sessions/b.py (floor 5)",
    ),
    "on the same floor": (
        "gateway/countries/a.py",
        "from gateway.store import c\n",
        "gateway/countries/a.py (floor 2) imports gateway/store/c.py (floor 2)",
    ),
    "of another building": (
        "gateway/app.py",
        "def f():\n    import sandbox.wire.d\n",
        "gateway/app.py (gateway) imports sandbox/wire/d.py (sandbox)",
    ),
}


@pytest.mark.parametrize(("importer", "source", "line"), FORBIDDEN.values(), ids=FORBIDDEN)
def test_forbidden_import_is_reported_with_both_files(tmp_path: Path, importer: str, source: str, line: str) -> None:
    files = {"gateway/sessions/b.py": "", "gateway/store/c.py": "", "sandbox/wire/d.py": "", importer: source}
    graph = project_with(tmp_path, files)
    assert list(forbidden_imports(graph, read_floors())) == [line]
    assert circle(graph) == []


def test_file_that_the_architecture_page_does_not_list_is_rejected() -> None:
    with pytest.raises(LookupError, match=r"gateway/cellar\.py stands on no floor"):
        read_floors(PAGE).room("gateway/cellar.py")
