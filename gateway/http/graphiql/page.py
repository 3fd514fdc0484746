"""GraphiQL at /graphiql, for development. All scripts and styles are loaded from the gateway."""

import json
from pathlib import Path
from typing import Any

from graphql import NamedTypeNode, NonNullTypeNode, OperationDefinitionNode, OperationType, parse
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

HERE = Path(__file__).parent
EXAMPLES = HERE.parents[2] / "examples" / "operations"

SETS = {
    "A guest buys": ("01-look-around", "05-guest-checkout", "13-recover-submission"),
    "The catalog": ("01-look-around", "01-product-page"),
    "The cart": ("02-cart-page", "03-edit-cart"),
    "The checkout page": ("04-checkout-page", "07-payment-methods"),
    "A shopper signs in": ("06-registered-checkout", "10-store-credit-and-card"),
    "Other payment methods": (
        "08-redirect-payment",
        "09-redirect-then-submit",
        "11-strong-authentication",
        "12-declined-payment",
        "14-delayed-payment",
    ),
    "Orders": ("15-order-history", "16-guest-order-lookup"),
    "Recurring purchases": ("17-recurring-purchases",),
}
"""Sets of example operations, by title. GraphiQL shows one set at a time, with one tab for each operation."""

NEW_KEY = "a new key"
LAST_KEY = "the last key"
"""Placeholders for idempotency keys. At each execution, `boot.js` replaces `NEW_KEY` with a new key, and `LAST_KEY`
with the last new key."""

POLICY = "; ".join(
    (
        "default-src 'self'",
        "style-src 'self' 'unsafe-inline'",  # GraphiQL's editor adds `style` elements to the page.
        "img-src 'self' data:",
        "font-src 'self' data:",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "object-src 'none'",
    )
)

PAGE = """\
<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <title>Riverfront</title>
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="/graphiql/vendor/graphiql.min.css">
    <style>
      body { margin: 0 }
      #graphiql { height: 100dvh }
      .graphiql-logo select { font: inherit; font-size: 16px; padding: 2px 4px }
    </style>
    <script defer src="/graphiql/vendor/react.production.min.js"></script>
    <script defer src="/graphiql/vendor/react-dom.production.min.js"></script>
    <script defer src="/graphiql/vendor/graphiql.min.js"></script>
    <script defer src="/graphiql/boot.js"></script>
  </head>
  <body>
    <div id="graphiql">Loading GraphiQL …</div>
  </body>
</html>
"""


def routes() -> list[BaseRoute]:
    """Routes of the page and of all files that the page loads."""
    return [
        Route("/", _redirect),
        Route("/graphiql", _page),
        Route("/graphiql/boot.js", _boot),
        Route("/graphiql/tabs.json", _tabs),
        Mount("/graphiql/vendor", StaticFiles(directory=HERE / "vendor")),
    ]


async def _redirect(_request: Request) -> Response:
    return RedirectResponse("/graphiql")


async def _page(_request: Request) -> Response:
    return HTMLResponse(PAGE, headers={"Content-Security-Policy": POLICY})


async def _boot(_request: Request) -> Response:
    return FileResponse(HERE / "boot.js", media_type="text/javascript")


def _tabs(request: Request) -> Response:
    """Tabs of the requested set of examples. If the set is unknown or missing, the tabs of the first set."""
    shown = request.query_params.get("set", "")
    shown = shown if shown in SETS else next(iter(SETS))
    fragments = (EXAMPLES / "fragments.graphql").read_text()
    return JSONResponse({"fragments": fragments, "sets": list(SETS), "shown": shown, "tabs": example_tabs(shown)})


def example_tabs(shown: str) -> list[dict[str, str]]:
    """One tab for each example operation of a set, with its variables."""
    examples: dict[str, dict[str, Any]] = json.loads((EXAMPLES / "variables.json").read_text())
    return [
        {"query": source, "variables": json.dumps(_variables(node, examples), indent=2)}
        for name in SETS[shown]
        for source, node in _operations((EXAMPLES / f"{name}.graphql").read_text())
    ]


def _operations(source: str) -> list[tuple[str, OperationDefinitionNode]]:
    """Operations of a file, each with the comment above it."""
    operations = []
    end = 0
    for node in parse(source).definitions:
        if isinstance(node, OperationDefinitionNode) and node.loc is not None:
            operations.append((source[end : node.loc.end].strip() + "\n", node))
            end = node.loc.end
    return operations


def _variables(node: OperationDefinitionNode, examples: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Variables of the example, with placeholders for idempotency keys."""
    variables = dict(examples.get(node.name.value if node.name else "", {}))
    key = NEW_KEY if node.operation is OperationType.MUTATION else LAST_KEY
    for definition in node.variable_definitions or ():
        nullable = definition.type.type if isinstance(definition.type, NonNullTypeNode) else definition.type
        if isinstance(nullable, NamedTypeNode) and nullable.name.value == "UUID":
            variables.setdefault(definition.variable.name.value, key)
    return variables
