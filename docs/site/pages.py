"""Hook of MkDocs: adds the pages that are made from the source, and turns links of the repository into links of the
site.

The pages of `docs/` are also read in the repository, so they link to files as these lie there. A link to a file that
is no page of the site becomes plain text.
"""

import posixpath
import re
from functools import cache
from html import escape, unescape
from itertools import cycle
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

from docs.site import graph_reference

ROOT = Path(__file__).resolve().parents[2]

OF_THE_REPOSITORY = {
    "README.md": "index.md",
    "CONTRIBUTING.md": "repository/contributing.md",
    "CHANGELOG.md": "repository/changelog.md",
    "bench/README.md": "repository/benchmarks.md",
    "examples/README.md": "repository/examples.md",
    "examples/clients/README.md": "repository/clients.md",
    "examples/clients/typescript/README.md": "repository/client-package.md",
}
"""Pages outside `docs/` that the site has as well, and their paths in the site."""

REPLACED = {
    "schema/schema.graphql": f"{graph_reference.FOLDER}/queries.md",
    "docs/decisions/README.md": "decisions/at-most-once.md",
}
"""Pages of the site that links to these files and folders lead to."""

TITLES = {"schema/schema.graphql": "Graph", "docs/decisions": "Decisions", "README.md": "Start"}
"""Titles of links whose page has another one."""

RANKS = {
    **dict.fromkeys(("capabilities/", "clients/", "tutorial.md", "pages-and-cookies.md"), 8.0),
    "messages.md": 2.0,
    f"{graph_reference.FOLDER}/": 0.7,
    f"{graph_reference.FOLDER}/mutations.md": 2.0,
    f"{graph_reference.FOLDER}/queries.md": 2.0,
    **dict.fromkeys(("decisions/", "repository/", "architecture.md", "compiled-plans.md", "promises.md"), 0.1),
}
"""How much a match on a page counts in the search, by the beginning of its path. First comes what a storefront does,
last why the gateway is made as it is."""

ASSETS = {"assets/site.css": "docs/site/site.css"}
"""Files of the site, and where they are."""

LINK = re.compile(r"(?P<text>\[[^\]]*\])\((?P<target>[^)\s#]+)(?P<anchor>#[^)\s]*)?\)")

TABLE = re.compile(r"<table>.*?</table>", re.DOTALL)

TITLE_OF_COLUMN = re.compile(r"<th\b[^>]*>(.*?)</th>", re.DOTALL)

COLUMNS_OF_WIDE_TABLES = 3

FENCE = re.compile(r"^(```.*?^```)", re.DOTALL | re.MULTILINE)


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Complete the navigation: all decisions, and all pages of the graph's reference."""
    reference = [{chapter.title: f"{graph_reference.FOLDER}/{chapter.name}.md"} for chapter in graph_reference.CHAPTERS]
    added = {"Decisions": _pages_in("decisions"), "Graph": reference}
    for section in config.nav or []:
        for title, entries in section.items():
            entries += added.get(title, [])
    return config


def _pages_in(folder: str) -> list[str]:
    return sorted(f"{folder}/{path.name}" for path in (ROOT / "docs" / folder).glob("*.md"))


def on_files(files: Files, config: MkDocsConfig) -> Files:
    for source, path in OF_THE_REPOSITORY.items():
        files.append(File.generated(config, path, content=(ROOT / source).read_text()))
    for path, source in ASSETS.items():
        files.append(File.generated(config, path, content=(ROOT / source).read_text()))
    for path, content in graph_reference.pages().items():
        files.append(File.generated(config, path, content=content))
    return files


def on_page_markdown(markdown: str, page: Page, **_: Any) -> str:
    path = page.file.src_uri
    ranks = [rank for beginning, rank in RANKS.items() if path.startswith(beginning)]
    page.meta.setdefault("search", {"boost": ranks[-1] if ranks else 1.0})
    if path.startswith(f"{graph_reference.FOLDER}/"):
        return markdown
    source = _sources().get(path, f"docs/{path}")
    # Every second part is a fenced block, which is left as it is.
    parts = FENCE.split(markdown)
    return "".join(part if number % 2 else with_links(part, source, path) for number, part in enumerate(parts))


@cache
def _sources() -> dict[str, str]:
    """Files of the repository, by their paths in the site."""
    return {path: source for source, path in OF_THE_REPOSITORY.items()}


def _page_of(file: str) -> str | None:
    """The page that the site has of a file; None if it has none."""
    if file.startswith("docs/") and file.endswith(".md") and (ROOT / file).is_file():
        return file.removeprefix("docs/")
    return OF_THE_REPOSITORY.get(file) or REPLACED.get(file)


def _title_of(file: str, goal: str) -> str:
    """The title of a page to which a link leads."""
    source = ROOT / _sources().get(goal, f"docs/{goal}")
    return TITLES.get(file) or source.read_text().partition("\n")[0].removeprefix("# ")


def with_links(markdown: str, source: str, path: str) -> str:
    def link(match: re.Match[str]) -> str:
        target = match["target"]
        if ":" in target:
            return match[0]
        file = posixpath.normpath(posixpath.join(posixpath.dirname(source), target))
        goal = _page_of(f"{file}/README.md" if (ROOT / file).is_dir() else file)
        if goal is None:
            # What does not exist at all stays a link, so that the build fails.
            return match["text"].strip("[]") if (ROOT / file).exists() else match[0]
        text = match["text"]
        # In the repository, the path of a file is a good text. Readers of the site know titles.
        if text.strip("[]`") in (file, target, target.removesuffix("/README.md")):
            text = f"[{_title_of(file, goal)}]"
        return f"{text}({posixpath.relpath(goal, posixpath.dirname(path) or '.')}{match['anchor'] or ''})"

    return LINK.sub(link, markdown)


def on_page_content(html: str, **_: Any) -> str:
    """Give each cell of a wide table the title of its column, with which `site.css` shows the table on a phone."""
    return TABLE.sub(_with_labels, html)


def _with_labels(match: re.Match[str]) -> str:
    table = match[0]
    titles = [unescape(re.sub(r"<[^>]+>", "", title)).strip() for title in TITLE_OF_COLUMN.findall(table)]
    if len(titles) < COLUMNS_OF_WIDE_TABLES:
        return table
    labels = cycle(f'<td data-label="{escape(title)}"' for title in titles)
    return re.sub(r"<td\b", lambda _: next(labels), table).replace("<table>", "<table data-wide>", 1)
