"""Paths that do not exist: the answer says where the graph is."""

import json
from pathlib import Path

import pytest

from sandbox.model.world import World
from tests.support.external_programs import needs_chromium, node
from tests.support.listed_messages import unlisted_messages
from tests.support.shop import CLIENT, Clock, InMemoryTransport, Storefront, app_for, gateway, listening, settings_for

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.mark.parametrize("path", ["/api/graphql", "/graphql/", "/v1/shoppers/me", "/favicon.ico"])
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_program_gets_a_graphql_error(storefront: Storefront, method: str, path: str) -> None:
    answer = await storefront.http.request(method, path, headers=CLIENT)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/graphql-response+json; charset=utf-8"
    (error,) = answer.json()["errors"]
    assert "The graph is at `/graphql`" in error["message"]
    assert error["extensions"] == {"code": "BAD_USER_INPUT", "supportReference": answer.headers["x-request-id"]}
    assert unlisted_messages(answer.json()) == []
    assert answer.headers["access-control-allow-origin"] == CLIENT["Origin"], "a page of the storefront can read it"


async def test_browser_gets_a_page_with_the_paths(storefront: Storefront) -> None:
    answer = await storefront.http.get("/api/graphql?email=ada@example.com", headers=BROWSER)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "no-store" in answer.headers["cache-control"]
    assert "<code>/graphql</code>" in answer.text
    assert 'href="/graphiql"' in answer.text
    assert "ada@example.com" not in answer.text


async def test_page_in_production_names_no_graphiql(world: World, network: InMemoryTransport, clock: Clock) -> None:
    production = {"development": False, "origins": "https://shop.example"}
    async with gateway(world, network, clock, **production) as storefront:
        answer = await storefront.http.get("/", headers=BROWSER)
    assert (answer.status_code, "<code>/graphql</code>" in answer.text) == (404, True)
    assert "graphiql" not in answer.text


@pytest.mark.browser
@pytest.mark.timeout(300)
async def test_page_looks_right_on_a_desk_and_a_phone(world: World, tmp_path: Path) -> None:
    chromium = needs_chromium()
    async with listening(app_for(settings_for(world))) as url:
        pages = json.dumps({"unknown": f"{url}/api/graphql"})
        printed = await node("inspect_pages.mjs", chromium, str(tmp_path), pages)
    for page in map(json.loads, printed.splitlines()):
        assert (page["tooWide"], page["problems"], page["violations"]) == (0, [], []), page
