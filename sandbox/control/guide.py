"""`GET /_sandbox/`: the guide to the sandbox, as an HTML page for browsers and as JSON for other clients."""

import html
import json
import re
from collections.abc import Iterable
from pathlib import Path

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from sandbox.control.controls import CONTROLS, Control
from sandbox.demo_shop.test_scenarios import SCENARIOS_BY_NAME
from sandbox.model.switches import SwitchDescription, described_switches

SUMMARY = "A local imitation of the Digital River Commerce API and its payment service, with one demo shop."


async def show_guide(request: Request) -> Response:
    if "text/html" in request.headers.get("accept", ""):
        return HTMLResponse(PAGE)
    return Response(CONTENT, media_type="application/json")


async def redirect_to_guide(_request: Request) -> Response:
    return RedirectResponse("/_sandbox/")


def _content() -> dict[str, object]:
    controls = [
        {"method": control.method, "path": control.path, "does": control.description}
        | ({"example": control.example} if control.example is not None else {})
        for control in CONTROLS
    ]
    return {
        "sandbox": SUMMARY,
        "imitates": "Open /_sandbox/ in a browser to read what the sandbox imitates and what it does not.",
        "controls": controls,
        "switches": [switch._asdict() for switch in described_switches()],
    }


def _page() -> str:
    template = (Path(__file__).parent / "guide.html").read_text(encoding="utf-8")
    parts = {
        "summary": html.escape(SUMMARY),
        "controls": _rows(_control_cells(control) for control in CONTROLS),
        "switches": _rows(_switch_cells(switch) for switch in described_switches()),
        "names": _rows((_code(kind), ", ".join(map(_code, names))) for kind, names in SCENARIOS_BY_NAME.items()),
    }
    for name, part in parts.items():
        template = template.replace(f"<!-- {name} -->", part)
    return template


def _control_cells(control: Control) -> tuple[str, ...]:
    example = f"<pre>{html.escape(json.dumps(control.example))}</pre>" if control.example is not None else ""
    return _code(f"{control.method} {control.path}"), f"{_prose(control.description)}{example}"


def _switch_cells(switch: SwitchDescription) -> tuple[str, ...]:
    return _code(switch.name), ", ".join(_code(str(value)) for value in switch.values), _prose(switch.meaning)


def _rows(rows: Iterable[tuple[str, ...]]) -> str:
    return "\n".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>" for cells in rows)


def _prose(description: str) -> str:
    """Description of a control or switch as HTML. Words in backticks become code, and line breaks are preserved."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(description)).replace("\n", "<br>")


def _code(value: str) -> str:
    return f"<code>{html.escape(value)}</code>"


CONTENT = json.dumps(_content(), indent=2)
PAGE = _page()

ROUTES = [
    Route("/", redirect_to_guide, methods=["GET"]),
    Route("/_sandbox", redirect_to_guide, methods=["GET"]),
    Route("/_sandbox/", show_guide, methods=["GET"]),
]
