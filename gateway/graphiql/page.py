"""GraphiQL at /graphiql, for development: every byte comes from this process, none from anywhere else."""

import json
import uuid
from pathlib import Path
from typing import Any

from graphql import NamedTypeNode, NonNullTypeNode, OperationDefinitionNode, parse, print_ast
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

HERE = Path(__file__).parent
EXAMPLES = HERE.parent.parent / "examples" / "operations"

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
    <style>body { margin: 0 } #graphiql { height: 100dvh }</style>
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


def _tabs(_request: Request) -> Response:
    return JSONResponse({"fragments": (EXAMPLES / "fragments.graphql").read_text(), "tabs": example_tabs()})


def example_tabs() -> list[dict[str, str]]:
    """A tab for each example operation, in the order of the files, its variables filled in."""
    values: dict[str, dict[str, Any]] = json.loads((EXAMPLES / "variables.json").read_text())
    return [
        {"query": text, "variables": json.dumps(_variables(operation, values), indent=2)}
        for file in sorted(EXAMPLES.glob("[0-9]*.graphql"))
        for text, operation in _operations(file.read_text())
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
    """Values of an operation's variables. Idempotency keys are made anew for each page."""
    given = dict(values.get(operation.name.value if operation.name else "", {}))
    for variable in operation.variable_definitions or ():
        kind = variable.type.type if isinstance(variable.type, NonNullTypeNode) else variable.type
        if isinstance(kind, NamedTypeNode) and print_ast(kind) == "UUID":
            given.setdefault(variable.variable.name.value, str(uuid.uuid4()))
    return given
