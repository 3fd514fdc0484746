"""The sandbox's DigitalRiver.js: its files, and in Chromium its elements and functions.

The tests in Chromium are the files `tests/node/digital_river_js/*.test.mjs`. Each has its own browser and sandbox.
"""

import json
import re
from pathlib import Path

import pytest

from sandbox.app import create_app
from sandbox.digital_river_js import files
from sandbox.model.world import World
from tests.support.commerce_client import Client
from tests.support.external_programs import NODE, needs_chromium, node
from tests.support.shop import listening

ROOT = Path(__file__).parents[2]

SCRIPTS = sorted(path.name for path in (NODE / "digital_river_js").glob("*.test.mjs"))


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/v1/DigitalRiver.js", "text/javascript; charset=utf-8"),
        ("/v1/css/DigitalRiver.css", "text/css; charset=utf-8"),
        ("/v1/frames/field.html", "text/html; charset=utf-8"),
        ("/v1/frames/field.js", "text/javascript; charset=utf-8"),
    ],
)
async def test_files_are_served_to_any_origin_and_revalidated(client: Client, path: str, kind: str) -> None:
    answer = await client.http.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (200, kind)
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    again = await client.http.get(path, headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


async def test_files_are_not_counted_as_calls_of_the_api(client: Client, world: World) -> None:
    before = dict(world.calls.by_call)
    await client.http.get("/v1/DigitalRiver.js", headers={"Accept": "*/*"})
    assert (dict(world.calls.by_call), world.calls.without_json) == (before, 0)


@pytest.mark.parametrize("name", ["frame.js", "secrets.txt", "..%2Ffiles.py", "card_number.js"])
async def test_frames_folder_serves_only_what_frames_load(client: Client, name: str) -> None:
    assert (await client.http.get(f"/v1/frames/{name}")).status_code == 404


def test_every_script_file_is_served() -> None:
    folder = Path(files.HERE)
    written = {str(path.relative_to(folder)) for path in folder.rglob("*.js")}
    assert written == {*files.SCRIPT, *(name for names in files.FRAME_SCRIPTS.values() for name in names)}


def test_files_of_the_library_are_short() -> None:
    lengths = {
        path.name: len(path.read_text().splitlines()) for path in files.HERE.rglob("*.*") if path.suffix != ".pyc"
    }
    assert {name: length for name, length in lengths.items() if length > 400} == {}


def test_every_function_element_and_event_has_a_test_and_description() -> None:
    script = files.joined(files.SCRIPT)
    tests = "".join(path.read_text() for path in (NODE / "digital_river_js").glob("*.mjs"))
    page = (ROOT / "docs" / "digital-river-js.md").read_text()
    main = (files.HERE / "script" / "digital_river.js").read_text()
    functions = set(re.findall(r"^  (\w+)\([^)]*\) \{$", main, re.MULTILINE)) - {"constructor"}
    elements = set(re.findall(r"defineElement\(\"(\w+)\"", script))
    for table in ("FIELD_TITLES", "WALLETS"):
        elements |= set(
            re.findall(r"^  (\w+):", script.partition(f"const {table} = {{")[2].partition("\n}")[0], re.MULTILINE)
        )
    events = set(re.findall(r"\"(\w+)\"", script.partition("const EVENTS = new Set([")[2].partition("])")[0]))
    assert (len(functions), len(elements), len(events)) == (13, 24, 11)
    for name in functions:
        assert f"digitalRiver.{name}(" in tests or f".{name}(" in tests, name
        assert f"`{name}(" in page, name
    for name in elements | events:
        assert re.search(rf"\"{name}\"", tests), name
        assert f"`{name}`" in page, name


def test_promises_that_others_settle_have_a_deadline() -> None:
    waits = {
        path.name for path in files.HERE.rglob("*.js") if re.search(r"new Promise\(|withResolvers", path.read_text())
    }
    assert waits == {"deadlines.js"}


@pytest.mark.slow
async def test_scripts_use_only_names_that_exist(tmp_path: Path) -> None:
    scripts = {"DigitalRiver.js": {"script": files.joined(files.SCRIPT), "isWhole": True}}
    for name, parts in files.FRAME_SCRIPTS.items():
        scripts[name] = {"script": files.joined(parts), "isWhole": False}
    file = tmp_path / "scripts.json"
    file.write_text(json.dumps(scripts))
    assert json.loads(await node("lint_scripts.mjs", str(file))) == []


@pytest.mark.browser
@pytest.mark.timeout(120)
@pytest.mark.parametrize("script", SCRIPTS)
async def test_digital_river_js_in_chromium(world: World, script: str) -> None:
    chromium = needs_chromium()
    async with listening(create_app(world), "off") as sandbox:
        await node(f"digital_river_js/{script}", chromium, sandbox)
