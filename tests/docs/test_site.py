"""Tests of the documentation site: it is built without warnings, has the whole graph, and asks no other origin."""

import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from graphql import GraphQLInterfaceType, GraphQLObjectType
from mkdocs.config import load_config

from docs.site import graph_reference, pages
from schema.build import build

ROOT = Path(__file__).parents[2]

CONFIG = ROOT / "docs" / "site" / "mkdocs.yml"

BROKEN = ("gone.md", "messages.md#gone", "gateway/gone/page.md")

LOADED = re.compile(r"<(?:script|img|iframe|link)\b[^>]*?\b(?:src|href)=\"?((?:https?:)?//[^\"\s>]+)")
"""Something that a page loads from another origin."""


def build_site(target: Path, config: Path = CONFIG) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--config-file", str(config)]
    return subprocess.run(
        [*command, "--site-dir", str(target)],
        cwd=ROOT,
        env=os.environ | {"NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
def test_site_is_built_without_broken_links(tmp_path: Path) -> None:
    built = build_site(tmp_path)
    assert built.returncode == 0, built.stderr
    built_pages = sorted(tmp_path.rglob("*.html"))
    assert len(built_pages) > 80
    loaded = {address for page in built_pages for address in LOADED.findall(page.read_text())}
    assert loaded == set()


@pytest.mark.slow
def test_broken_links_fail_the_build(tmp_path: Path) -> None:
    folder = tmp_path / "docs"
    shutil.copytree(ROOT / "docs", folder)
    page = folder / "architecture.md"
    page.write_text(f"{page.read_text()}\n[a](gone.md) [b](messages.md#gone) [c](../gateway/gone/page.md)\n")
    config = folder / "site" / "mkdocs.yml"
    config.write_text(config.read_text().replace("  - pages.py", f"  - {CONFIG.parent / 'pages.py'}"))
    built = build_site(tmp_path / "built", config)
    assert built.returncode != 0
    warnings = [line for line in built.stderr.splitlines() if line.startswith("WARNING")]
    assert len(warnings) == len(BROKEN)
    assert all(any(link in warning for warning in warnings) for link in BROKEN)
    assert all("architecture.md" in warning for warning in warnings)


def test_make_docs_fails_after_a_warning() -> None:
    [command] = [line for line in (ROOT / "Makefile").read_text().splitlines() if "-m mkdocs build" in line]
    assert "--strict" in command
    assert "--quiet" not in command, "hides the warnings from --strict"


def test_reference_has_every_type_and_field() -> None:
    schema = build(suggests=False).core
    chapters = graph_reference.pages()
    whole = "\n".join(chapters.values())
    for name, of in schema.type_map.items():
        if name.startswith("__") or name in ("ID", "Int", "String", "Boolean", "Float"):
            continue
        if name in ("Query", "Mutation"):
            page = chapters["reference/queries.md" if name == "Query" else "reference/mutations.md"]
            assert isinstance(of, GraphQLObjectType)
            assert [field for field in of.fields if f"## {field} {{" not in page] == []
            continue
        section = whole.partition(f"## {name} {{ #{name} }}")[2].partition("\n## ")[0]
        assert section, name
        if isinstance(of, GraphQLObjectType | GraphQLInterfaceType):
            rows = {row[0]: row[1] for row in re.findall(r"^\| `(\w+)`(.*)$", section, re.MULTILINE)}
            assert rows.keys() == of.fields.keys()
            lacking = [field for field, row in rows.items() if "cost " not in row or "cached" not in row]
            assert lacking == [], name


def navigation(entries: list[Any]) -> Iterator[str]:
    for entry in entries:
        if isinstance(entry, str):
            yield entry
        else:
            for below in entry.values():
                yield from navigation(below if isinstance(below, list) else [below])


def test_navigation_has_each_page_once() -> None:
    config = pages.on_config(load_config(str(CONFIG)))
    listed = list(navigation(config.nav or []))
    assert [page for page, times in Counter(listed).items() if times > 1] == []
    assert {"capabilities/order.md", "decisions/at-most-once.md", "reference/cart.md"} <= set(listed)


def test_cells_of_wide_tables_have_the_titles_of_their_columns() -> None:
    def table(*titles: str) -> str:
        head = "".join(f"<th>{title}</th>" for title in titles)
        return f"<table>\n<tr>{head}</tr>\n<tr>{'<td>x</td>' * len(titles)}</tr>\n</table>"

    assert pages.on_page_content(table("a", "b")) == table("a", "b")
    labelled = pages.on_page_content(table("a", "<code>b</code>", "c &amp; d"))
    assert labelled.startswith("<table data-wide>")
    assert re.findall(r"<td ([^>]*)>", labelled) == ['data-label="a"', 'data-label="b"', 'data-label="c &amp; d"']


def test_links_have_the_titles_of_pages_instead_of_paths() -> None:
    links = "[docs/tutorial.md](docs/tutorial.md), [docs/clients](docs/clients/README.md), [why](docs/caching.md)"
    assert pages.with_links(links, "README.md", "index.md") == (
        "[From clone to an order in your own page](tutorial.md), [Clients](clients/README.md), [why](caching.md)"
    )
    assert pages.with_links("[docs/decisions](docs/decisions)", "README.md", "index.md") == (
        "[Decisions](decisions/at-most-once.md)"
    )
