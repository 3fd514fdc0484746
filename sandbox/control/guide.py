"""`GET /_sandbox/`: the page of the sandbox, for browsers, and its list of controls as JSON for other clients."""

import html
import json
import re
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from sandbox.api.requests import base_of, world_of
from sandbox.control.controls import CONTROLS, Control
from sandbox.demo_shop.image_paths import product_thumbnail
from sandbox.demo_shop.products import PRODUCTS, Product
from sandbox.demo_shop.scenario_names import NAMED_SCENARIOS, TEST_CARDS, NamedScenario, TestCard
from sandbox.model.fault import FAULT_KINDS
from sandbox.model.switches import SwitchDescription, described_switches
from sandbox.model.world import World
from sandbox.pages.layout import MARK, page, wants_html
from sandbox.timeline.clock_steps import CLOCK_STEPS

HERE = Path(__file__).parent

SUMMARY = "A local imitation of the Digital River Commerce API and its payment service, with one demo shop."

SUBMIT = "/v1/shoppers/me/carts/active/submit-cart"

FAULT_PRESETS = [
    ("The answer of submit-cart is lost", {"path": SUBMIT, "kind": "drop-after", "times": 1}),
    ("submit-cart is answered with 503", {"path": SUBMIT, "kind": "status", "status": 503, "times": 1}),
    ("All calls take 3 seconds", {"path": "*", "kind": "delay", "delay_s": 3}),
    ("All calls fail", {"path": "*", "kind": "status", "status": 503}),
]
"""Faults that are one click away, by label."""


async def show_guide(request: Request) -> Response:
    if not wants_html(request):
        return Response(CONTENT, media_type="application/json")
    paths: dict[str, frozenset[str]] = request.app.state.methods
    body = _body(base_of(request), world_of(request), paths)
    return page("Sandbox of the Commerce API", body, kind="wide", script="control.js")


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


def _body(base: str, world: World, paths: Iterable[str]) -> str:
    parts = {
        "mark": MARK,
        "base": html.escape(base),
        "summary": html.escape(SUMMARY),
        "keys": _keys(base, world),
        "cards": "\n".join(map(_card_row, TEST_CARDS)),
        "scenarios": _scenario_options(),
        "steps": "\n".join(
            f'<li><button type=button data-send="POST /_sandbox/clock" data-body=\'{{"forward_s":{step.seconds}}}\'>'
            f"+ {step.name}</button><span>{html.escape(step.happens)}</span></li>"
            for step in CLOCK_STEPS
        ),
        "shoppers": _options((account.id, account.username) for account in world.accounts),
        "references": _options(
            (account.external_reference, f"{account.username} ({account.external_reference})")
            for account in world.accounts
            if account.external_reference
        ),
        "presets": "\n".join(
            f'<button type=button data-send="POST /_sandbox/faults" data-body="{html.escape(json.dumps(fault))}">'
            f"{html.escape(label)}</button>"
            for label, fault in FAULT_PRESETS
        ),
        "kinds": "".join(
            f'<option value={kind} data-happens="{html.escape(about)}">{kind}</option>'
            for kind, about in FAULT_KINDS.items()
        ),
        "paths": _options((path, path) for path in sorted(paths) if path != "*"),
        "products": "\n".join(map(_product, PRODUCTS.values())),
        "stocked": _options((str(product.id), product.name) for product in PRODUCTS.values() if not product.is_base),
        "switches": "\n".join(map(_switch, described_switches())),
        "controls": "\n".join(_control(control, base) for control in CONTROLS),
        "imitation": (HERE / "imitation.html").read_text(encoding="utf-8"),
    }
    template = (HERE / "guide.html").read_text(encoding="utf-8")
    return re.sub(r"<!-- (\w+) -->", lambda match: parts[match.group(1)], template)


def _keys(base: str, world: World) -> str:
    shopper = world.accounts[0]
    rows = {
        "Base URL": base,
        "Public key": world.keys.public_key,
        "Shopper": shopper.username,
        "Password": shopper.password or "",
    }
    return "\n".join(f"<dt>{name}<dd>{_code(value)}{_copy_button(value, name)}" for name, value in rows.items())


def _product(product: Product) -> str:
    stock = f"In stock: <span data-stock={product.id}>…</span>" if not product.is_base else "See its variations"
    number = f"{product.id}{_copy_button(str(product.id), f'the id of {product.name}')}"
    return (
        f'<li><img src="{product_thumbnail(product.slug)}" alt="" width=64 height=64>'
        f"<strong>{html.escape(product.name)}</strong><span class=number>{number}</span>"
        f'<span class="soft small">{stock}</span></li>'
    )


def _card_row(card: TestCard) -> str:
    wire = card.wire()
    number = re.sub(r"(\d{4})(?=\d)", r"\1 ", card.number)
    cells = {
        "Card": html.escape(wire["brand"]),
        "Number": f'<span class="number">{number}{_copy_button(card.number, f"the number {number}")}</span>',
        "Security code": _code(wire["cvv"]),
        "What happens": html.escape(wire["happens"]),
    }
    shown = "".join(f"<td data-label='{name}'>{cell}</td>" for name, cell in cells.items())
    return f"<tr>{shown}</tr>"


def _scenario_options() -> str:
    groups = groupby(NAMED_SCENARIOS.values(), lambda named: (named.method.name, named.scenario.decline is not None))
    return "\n".join(
        f'<optgroup label="{html.escape(name)}{", declined" if is_declined else ""}">'
        f"{''.join(map(_scenario_option, scenarios))}</optgroup>"
        for (name, is_declined), scenarios in groups
    )


def _scenario_option(named: NamedScenario) -> str:
    happens = html.escape(named.wire()["happens"])
    return f'<option value="{named.name}" data-happens="{happens}">{html.escape(named.name)}</option>'


def _switch(switch: SwitchDescription) -> str:
    kind = "number" if all(isinstance(value, int) for value in switch.values) else "string"
    return (
        f'<div><label for="{switch.name}"><code>{switch.name}</code></label>'
        f'<select id="{switch.name}" name="{switch.name}" data-switch=1 data-type={kind}'
        f' data-send="POST /_sandbox/switches" aria-describedby="about-{switch.name}">'
        f"{_options((str(value), str(value)) for value in switch.values)}</select><output></output>"
        f'<p class="soft small" id="about-{switch.name}">{_prose(switch.meaning)}</p></div>'
    )


def _control(control: Control, base: str) -> str:
    command = f"curl {'' if control.method == 'GET' else f'-X {control.method} '}{base}{control.path}"
    if control.example is not None:
        command += f" -d '{json.dumps(control.example)}'"
    name = f"{control.method} {control.path}"
    shown = f"<pre tabindex=0>{html.escape(command)}</pre>{_copy_button(command, f'the command of {name}')}"
    return (
        f"<article><h3>{_code(name)}</h3><p>{_prose(control.description)}</p><div class=command>{shown}</div></article>"
    )


def _copy_button(text: str, label: str) -> str:
    name = f"Copy {html.escape(label)}"
    return f'<button type=button class=copy data-copy="{html.escape(text)}" aria-label="{name}">Copy</button>'


def _options(options: Iterable[tuple[str, str]]) -> str:
    return "".join(f'<option value="{html.escape(value)}">{html.escape(label)}</option>' for value, label in options)


def _prose(description: str) -> str:
    """Description of a control or switch as HTML. Words in backticks become code, and line breaks are preserved."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(description)).replace("\n", "<br>")


def _code(value: str) -> str:
    return f"<code>{html.escape(value)}</code>"


CONTENT = json.dumps(_content(), indent=2)

ROUTES = [
    Route("/", redirect_to_guide, methods=["GET"]),
    Route("/_sandbox", redirect_to_guide, methods=["GET"]),
    Route("/_sandbox/", show_guide, methods=["GET"]),
]
