"""GraphiQL at /graphiql, for development: every byte comes from this process, none from anywhere else."""

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
    "The catalogue": ("01-look-around", "01-product-page"),
    "The cart": ("02-cart-page", "03-edit-cart"),
    "The checkout page": ("04-checkout-page", "07-payment-methods"),
    "A shopper signs in": ("06-registered-checkout", "10-store-credit-and-card"),
    "Other ways to pay": (
        "08-redirect-payment",
        "09-redirect-then-submit",
        "11-strong-authentication",
        "12-declined-payment",
        "14-delayed-payment",
    ),
    "Orders": ("15-order-history", "16-guest-order-lookup"),
    "Recurring purchases": ("17-recurring-purchases",),
}
"""Example operations that are shown together, a tab each; all at once would be too many to find one."""

NEW_KEY = "a new key"
LAST_KEY = "the last key"
"""What stands for an idempotency key until `boot.js` sends it: one press of play is one key."""

POLICY = "; ".join(
    (
        "default-src 'self'",
        "style-src 'self' 'unsafe-inline'",  # its editor writes style elements
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
    """The page and all that it loads."""
    return [
        Route("/", _to_page),
        Route("/graphiql", _page),
        Route("/graphiql/boot.js", _boot),
        Route("/graphiql/tabs.json", _tabs),
        Mount("/graphiql/vendor", StaticFiles(directory=HERE / "vendor")),
    ]


async def _to_page(_request: Request) -> Response:
    return RedirectResponse("/graphiql")


async def _page(_request: Request) -> Response:
    return HTMLResponse(PAGE, headers={"Content-Security-Policy": POLICY})


async def _boot(_request: Request) -> Response:
    return FileResponse(HERE / "boot.js", media_type="text/javascript")


def _tabs(request: Request) -> Response:
    """Of the set that is asked for; else of the first."""
    shown = request.query_params.get("set", "")
    shown = shown if shown in SETS else next(iter(SETS))
    fragments = (EXAMPLES / "fragments.graphql").read_text()
    return JSONResponse({"fragments": fragments, "sets": list(SETS), "shown": shown, "tabs": example_tabs(shown)})


def example_tabs(shown: str) -> list[dict[str, str]]:
    """A tab for each example operation of a set, its variables filled in."""
    values: dict[str, dict[str, Any]] = json.loads((EXAMPLES / "variables.json").read_text())
    return [
        {"query": text, "variables": json.dumps(_variables(operation, values), indent=2)}
        for name in SETS[shown]
        for text, operation in _operations((EXAMPLES / f"{name}.graphql").read_text())
    ]


def _operations(text: str) -> list[tuple[str, OperationDefinitionNode]]:
    """The operations of a file, each with the comment above it."""
    found = []
    end = 0
    for node in parse(text).definitions:
        if isinstance(node, OperationDefinitionNode) and node.loc is not None:
            found.append((text[end : node.loc.end].strip() + "\n", node))
            end = node.loc.end
    return found


def _variables(operation: OperationDefinitionNode, values: dict[str, dict[str, Any]]) -> dict[str, Any]:
    given = dict(values.get(operation.name.value if operation.name else "", {}))
    key = NEW_KEY if operation.operation is OperationType.MUTATION else LAST_KEY
    for variable in operation.variable_definitions or ():
        kind = variable.type.type if isinstance(variable.type, NonNullTypeNode) else variable.type
        if isinstance(kind, NamedTypeNode) and kind.name.value == "UUID":
            given.setdefault(variable.variable.name.value, key)
    return given
