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

AMERICAN = re.compile(
    r"expiration|color|licens|iz(?:e|ed|ing|ation)\b|cancel(?:ed|ing)|center|\bzip\b|phone|favor|honor|fulfill",
    re.IGNORECASE,
)
"""Words that are written otherwise in British English, or have another name there."""

LONGEST = {
    f"{name}.test.mjs"
    for name in ("deadlines", "dropin_look", "dropin_options", "dropin_redirects", "elements", "look", "surface")
}

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


SURFACE = json.loads((NODE / "digital_river_js" / "surface.json").read_text())
"""Names of DigitalRiver.js that storefronts use. In Chromium, `surface.test.mjs` compares them with the objects."""


def _rows(page: str, heading: str) -> dict[str, str]:
    """Last cells of the table below a heading of a page, by the first cell."""
    content = (ROOT / "docs" / page).read_text().partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    rows = [line.strip("| ").split(" | ") for line in content.splitlines() if line.startswith("| `")]
    return {row[0]: row[-1] for row in rows}


def _names(cell: str) -> list[str]:
    return re.findall(r"`([\w.]+)", cell)


def test_pages_describe_the_whole_surface_and_no_more() -> None:
    functions = [name for cell in _rows("digital-river-js.md", "Functions") for name in _names(cell)]
    assert set(functions) == set(SURFACE["functions"])
    elements = _rows("digital-river-js.md", "Elements")
    described = {name: _names(events) for cell, events in elements.items() for name in _names(cell.partition(":")[0])}
    assert described == SURFACE["elements"]
    page = (ROOT / "docs" / "digital-river-js.md").read_text()
    for name in SURFACE["elementFunctions"] + SURFACE["walletFunctions"]:
        assert re.search(rf"`{name}\b", page), name
    dropin = SURFACE["dropin"]
    for heading, names in (
        ("Options", dropin["options"]),
        ("Payment methods", dropin["paymentMethodConfiguration"]),
        ("Callbacks", dropin["callbacks"]),
    ):
        assert [name for cell in _rows("drop-in.md", heading) for name in _names(cell)] == names
    about = (ROOT / "docs" / "drop-in.md").read_text()
    assert [name for name in dropin["nested"] if not re.search(rf"\b{name}\b", about)] == []


def test_every_function_option_and_callback_has_a_test() -> None:
    tests = "".join(path.read_text() for path in (NODE / "digital_river_js").glob("*.mjs"))
    script = files.joined(files.SCRIPT)
    dropin = SURFACE["dropin"]
    called = [f".{name.rpartition('.')[2]}(" for name in SURFACE["functions"] + SURFACE["walletFunctions"]]
    called += [f".{name}(" for name in SURFACE["elementFunctions"] + dropin["functions"]]
    assert [call for call in called if call not in tests] == []
    named = dropin["options"] + dropin["callbacks"] + dropin["paymentMethodConfiguration"] + dropin["nested"]
    assert [name for name in named if not re.search(rf"\b{name}\b", tests)] == []
    assert [name for name in named if not re.search(rf"\b{name}\b", script)] == []


def test_promises_that_others_settle_have_a_deadline() -> None:
    waits = {
        path.name for path in files.HERE.rglob("*.js") if re.search(r"new Promise\(|withResolvers", path.read_text())
    }
    assert waits == {"deadlines.js"}


async def _texts() -> dict[str, dict[str, str]]:
    written = [path for path in sorted(files.HERE.rglob("*.js")) if "addTexts(" in path.read_text()]
    texts: dict[str, dict[str, str]] = json.loads(
        await node("texts.mjs", str(files.HERE / "shared" / "texts.js"), *map(str, written))
    )
    return texts


@pytest.mark.browser
async def test_every_text_is_in_every_language() -> None:
    texts = await _texts()
    english = texts.pop("en").keys()
    british = texts.pop("en-GB").keys()
    everywhere = texts.pop("any").keys()
    assert {language: english ^ others.keys() for language, others in texts.items()} == {"de": set(), "ja": set()}
    assert british - english == set()
    assert everywhere & english == set()


@pytest.mark.browser
async def test_texts_of_all_languages_have_the_same_values() -> None:
    texts = await _texts()
    for language in ("en-GB", "de", "ja"):
        for name, written in texts[language].items():
            values, english = (set(re.findall(r"\{(\w+)\}", text)) for text in (written, texts["en"][name]))
            assert values == english, (language, name)


@pytest.mark.browser
async def test_american_words_have_british_texts() -> None:
    texts = await _texts()
    american = {name for name, written in texts["en"].items() if AMERICAN.search(written)}
    assert american - texts["en-GB"].keys() == set()
    assert {name for name, written in texts["en-GB"].items() if written == texts["en"][name]} == set()


def test_pages_of_frames_have_no_text_of_their_own() -> None:
    for page in sorted(files.HERE.rglob("*.html")):
        body = page.read_text().partition("<body>")[2]
        assert re.sub(r"<[^>]*>|\s", "", body) == "", page.name
        assert not re.search(r"(?:aria-label|placeholder|alt|title)=\"[^\"]", body), page.name


def test_scripts_write_no_text_into_nodes_directly() -> None:
    """Words for shoppers come from `addTexts`: a literal with a space in it is nowhere given to a node."""
    written = re.compile(r"(?:textContent|placeholder|\.title|innerText) = [\"`'][^\"`']*[a-z] [a-z]")
    assert [path.name for path in files.HERE.rglob("*.js") if written.search(path.read_text())] == []


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
@pytest.mark.parametrize(
    "script", [pytest.param(script, marks=pytest.mark.exhaustive if script in LONGEST else ()) for script in SCRIPTS]
)
async def test_digital_river_js_in_chromium(world: World, script: str) -> None:
    chromium = needs_chromium()
    async with listening(create_app(world), "off") as sandbox:
        await node(f"digital_river_js/{script}", chromium, sandbox)
