"""GraphiQL at /graphiql, for development. All scripts and styles are loaded from the gateway."""

import json
import re
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from graphql import OperationDefinitionNode, parse
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from gateway.settings.settings import LOOPBACK_HOSTS, Settings

HERE = Path(__file__).parent
EXAMPLES = HERE.parents[2] / "examples" / "operations"

RETURNED = "/graphiql/returned"
"""Page to which the provider's page and the bank return the shopper."""

POLICY = "; ".join(
    (
        "default-src 'self'",
        "connect-src 'self' {sandbox}",
        "style-src 'self' 'unsafe-inline'",  # GraphiQL's editor adds `style` elements to the page.
        "img-src 'self' data: {sandbox}",
        "font-src 'self' data:",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "object-src 'none'",
    )
)


class _Example(NamedTuple):
    """An example operation."""

    source: str
    """The operation with the comment above it."""
    variables: dict[str, Any]


def routes(settings: Settings) -> list[BaseRoute]:
    """Routes of the page and of all files that the page loads."""
    sandbox = sandbox_of(settings)
    policy = {"Content-Security-Policy": POLICY.format(sandbox=sandbox)}
    pages = {path: (HERE / "assets" / f"{name}.html").read_text() for path, name in PAGES.items()}

    async def page(request: Request) -> Response:
        return HTMLResponse(pages[request.url.path], headers=policy)

    def sets(_request: Request) -> Response:
        return JSONResponse(
            {
                "sandbox": sandbox,
                "publishableKey": settings.publishable_key,
                "fragments": (EXAMPLES / "fragments.graphql").read_text(),
                "sets": example_sets(),
            }
        )

    return [
        Route("/", _redirect),
        *(Route(path, page) for path in PAGES),
        Route("/graphiql/sets.json", sets),
        Mount("/graphiql/assets", StaticFiles(directory=HERE / "assets")),
        Mount("/graphiql/vendor", StaticFiles(directory=HERE / "vendor")),
    ]


PAGES = {"/graphiql": "graphiql", RETURNED: "returned"}


async def _redirect(_request: Request) -> Response:
    return RedirectResponse("/graphiql")


def sandbox_of(settings: Settings) -> str:
    """Origin of the sandbox, whose controls make test payments; "" if the gateway is in front of Digital River."""
    url = urlsplit(settings.upstream_url)
    return f"{url.scheme}://{url.netloc}" if url.hostname in LOOPBACK_HOSTS else ""


def example_sets() -> list[dict[str, Any]]:
    """The sets of `sets.json`. Each step has the source of its operation, and the rules for its variables."""
    examples = _examples()
    sets: list[dict[str, Any]] = json.loads((EXAMPLES / "sets.json").read_text())
    for shown in sets:
        shown["name"] = re.sub(r"\W+", "-", shown["title"].lower())
        for step in shown["steps"]:
            example = examples[step["operation"]]
            step["query"] = example.source
            step["variables"] = example.variables | step.get("variables", {})
    return sets


def _examples() -> dict[str, _Example]:
    """All example operations, by name."""
    variables = json.loads((EXAMPLES / "variables.json").read_text())
    return {
        name: _Example(source, variables.get(name, {}))
        for file in sorted(EXAMPLES.glob("*.graphql"))
        for name, source in _operations(file.read_text())
    }


def _operations(source: str) -> list[tuple[str, str]]:
    """Operations of a file with their names, each with the comment above it."""
    operations = []
    end = 0
    for node in parse(source).definitions:
        if isinstance(node, OperationDefinitionNode) and node.loc is not None:
            name = node.name.value if node.name else ""
            operations.append((name, source[end : node.loc.end].strip() + "\n"))
            end = node.loc.end
    return operations
