"""The pages of `docs/clients` show the set-up that the tests run, and name every scalar of the graph."""

import json
import re
from pathlib import Path

from graphql import GraphQLScalarType, specified_scalar_types

from schema.build import build
from tests.clients.test_pages import CLIENTS
from tests.support.external_programs import TYPESCRIPT_CLIENT

ROOT = Path(__file__).parents[2]

PAGES = sorted((ROOT / "docs" / "clients").glob("*.md"))

SETUP = TYPESCRIPT_CLIENT / "pages" / "setup"

SHOWN_FILE = re.compile(r"^<!-- (\S+) -->\n```\w+\n(.*?)^```$", re.DOTALL | re.MULTILINE)
"""A code block with the whole content of a file, which the comment above it names."""


def shown_files() -> dict[str, str]:
    return {path: code for page in PAGES for path, code in SHOWN_FILE.findall(page.read_text())}


def scalars() -> set[str]:
    named = {name for name, of in build().core.type_map.items() if isinstance(of, GraphQLScalarType)}
    return named - set(specified_scalar_types)


def test_pages_show_the_set_up_that_buys_in_chromium() -> None:
    shown = shown_files()
    assert shown == {path: (ROOT / path).read_text() for path in shown}
    assert {Path(path).stem for path in shown} == {path.stem for path in SETUP.glob("*.ts")} == set(CLIENTS)


def test_index_lists_every_client_page() -> None:
    index = (ROOT / "docs" / "clients" / "README.md").read_text()
    listed = re.findall(r"^\| .* \| \[[^]]+\]\((\S+\.md)\) \|$", index, re.MULTILINE)
    assert sorted(listed) == [page.name for page in PAGES if page.name != "README.md"]


def test_every_list_of_scalars_names_those_of_the_graph() -> None:
    relay = json.loads((TYPESCRIPT_CLIENT / "relay.config.json").read_text())
    shown = json.loads(re.findall(r"```json\n(.*?)```", page_named("relay.md"), re.DOTALL)[0])
    kotlin = re.findall(r"mapScalar(?:ToKotlinString)?\(\"(\w+)\"", page_named("apollo-kotlin.md"))
    package = re.findall(
        r"^ {2}(\w+): \"string\",$", (TYPESCRIPT_CLIENT / "src" / "codegen.ts").read_text(), re.MULTILINE
    )
    for names in (relay["customScalarTypes"], shown["customScalarTypes"], kotlin, package):
        assert set(names) == scalars()


def page_named(name: str) -> str:
    return (ROOT / "docs" / "clients" / name).read_text()
