"""The storefront compiles in strict mode, passes its linters and unit tests, and keeps its budget."""

import gzip
import json
from typing import Any

import pytest

from tests.support.external_programs import output
from tests.support.storefront_build import built_storefront

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

MOST_SCRIPT_BYTES = 200_000
"""Scripts that a page loads, compressed."""


async def test_storefront_passes_its_linters_and_unit_tests() -> None:
    folder = await built_storefront()
    assert "error" not in await output("npm", "run", "--silent", "lint", folder=folder)
    assert "passed" in await output("npm", "run", "--silent", "test", folder=folder)


async def test_each_page_stays_within_the_budget_of_scripts() -> None:
    dist = await built_storefront() / "dist"
    manifest: dict[str, dict[str, Any]] = json.loads((dist / ".vite" / "manifest.json").read_text())
    sizes = {row["file"]: len(gzip.compress((dist / row["file"]).read_bytes())) for row in manifest.values()}
    pages = [name for name, row in manifest.items() if row.get("isDynamicEntry")]
    assert len(pages) > 10
    for page in pages:
        loaded = _with_imports(manifest, ["index.html", page])
        assert sum(sizes[manifest[name]["file"]] for name in loaded) < MOST_SCRIPT_BYTES, page


async def test_start_page_does_not_load_documents_of_the_checkout() -> None:
    dist = await built_storefront() / "dist"
    manifest: dict[str, dict[str, Any]] = json.loads((dist / ".vite" / "manifest.json").read_text())

    def scripts_of(page: str) -> str:
        return "".join(
            (dist / manifest[name]["file"]).read_text() for name in _with_imports(manifest, ["index.html", page])
        )

    assert "CheckoutSubmit" in scripts_of("src/checkout/CheckoutPage.tsx")
    assert "CheckoutSubmit" not in scripts_of("src/home/Home.tsx")


def _with_imports(manifest: dict[str, dict[str, Any]], names: list[str]) -> set[str]:
    """The modules with those that they import at once."""
    imported = [name for module in names for name in manifest[module].get("imports", ())]
    return {*names, *(_with_imports(manifest, imported) if imported else ())}


async def test_styles_of_pages_win_over_those_of_the_theme() -> None:
    assets = await built_storefront() / "dist" / "assets"
    theme = [css for css in (file.read_text() for file in assets.glob("*.css")) if ".page-narrow{" in css]
    assert [css.count("@layer theme{") > 0 for css in theme] == [True]


async def test_built_page_has_nothing_inline_and_nothing_foreign() -> None:
    page = (await built_storefront() / "dist" / "index.html").read_text()
    assert "<style" not in page
    assert "<script>" not in page
    assert "://" not in page
