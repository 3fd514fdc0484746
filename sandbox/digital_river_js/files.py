"""The files of the sandbox's DigitalRiver.js: the script and the style of a storefront, and the pages of its frames.

The script of a storefront, and the script of a frame, are several files that are joined in a fixed order. The joined
files share one function as their scope, so that they need no build step and add one name to the page: `DigitalRiver`.
"""

from collections.abc import Iterable
from functools import partial
from hashlib import sha256
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

HERE = Path(__file__).parent

SCRIPT_PATH = "/v1/DigitalRiver.js"
STYLE_PATH = "/v1/css/DigitalRiver.css"
FRAMES_PATH = "/v1/frames/"

SHARED = (
    "shared/locale.js",
    "shared/texts.js",
    "shared/errors.js",
    "shared/deadlines.js",
    "shared/payment_service.js",
    "shared/field_titles.js",
)
"""Files that both the script of a storefront and the scripts of the frames contain."""

DROPIN = (
    "script/dropin_texts.js",
    "script/dropin_method_names.js",
    "script/dropin_checks.js",
    "script/dropin_methods.js",
    "script/dropin_fields.js",
    "script/dropin_terms.js",
    "script/dropin_buttons.js",
    "script/dropin_entry.js",
    "script/dropin_method_entry.js",
    "script/dropin_wallet_entry.js",
    "script/dropin_window.js",
    "script/dropin_saved.js",
    "script/dropin.js",
)
"""Files of Drop-in."""

SCRIPT = (
    *SHARED,
    "shared/nodes.js",
    "script/address.js",
    "script/frame.js",
    "script/color_scheme.js",
    "script/element.js",
    "script/frame_element.js",
    "script/field_element.js",
    "script/select_element.js",
    "script/payment_request.js",
    "script/button.js",
    "script/button_element.js",
    "script/frame_dialog.js",
    "script/wallet_element.js",
    "script/provider_popup.js",
    "script/provider_buttons.js",
    "script/pointer.js",
    "script/field_row.js",
    "script/consent_box.js",
    "script/form_element.js",
    "script/credit_card_element.js",
    "script/country_specs.js",
    "script/msts_element.js",
    "script/tax_identifier_element.js",
    "script/invoice_attribute_element.js",
    "script/korean_card_element.js",
    "script/offline_refund_element.js",
    "script/compliance_element.js",
    "script/instructions_element.js",
    "script/ideal_element.js",
    "script/browser_info.js",
    "script/challenge.js",
    "script/authentication.js",
    "script/sources.js",
    "script/payment_methods.js",
    "script/compliance_texts.js",
    "script/compliance.js",
    *DROPIN,
    "script/digital_river.js",
)
"""Files of `DigitalRiver.js` in their order: a file comes after those whose names it uses while it is loaded."""

FRAME_SCRIPTS = {
    "answered.js": ("frames/answered.js",),
    "returned.js": ("shared/texts.js", "frames/returned.js"),
    "field.js": (
        *SHARED,
        "frames/shop.js",
        "frames/card_number.js",
        "frames/card_fields.js",
        "frames/other_fields.js",
        "frames/style.js",
        "frames/control.js",
        "frames/card_source.js",
        "frames/field.js",
    ),
    "select.js": ("shared/texts.js", "frames/shop.js", "frames/style.js", "frames/control.js", "frames/select.js"),
    "wallet.js": (
        "shared/texts.js",
        "shared/nodes.js",
        "frames/shop.js",
        "frames/wallet_texts.js",
        "frames/wallet_accounts.js",
        "frames/wallet.js",
    ),
}
"""Files of each script of a frame, by its name."""

STYLES = ("css/elements.css", "css/dropin.css")

TYPES = {".css": "text/css", ".html": "text/html", ".js": "text/javascript"}

HEADERS = {
    # A browser asks again at each load, and gets an empty 304 unless the sandbox was updated.
    "Cache-Control": "public, max-age=0, must-revalidate",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "X-Content-Type-Options": "nosniff",
}

PAGE_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
    " connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'",
    "Referrer-Policy": "no-referrer",
}


async def show_script(request: Request) -> Response:
    """`GET /v1/DigitalRiver.js`: the script that a storefront loads."""
    return _answer(request, joined(SCRIPT), ".js")


async def show_style(request: Request) -> Response:
    """`GET /v1/css/DigitalRiver.css`: the style of Drop-in and of the elements that are no frames."""
    return _answer(request, "\n".join(map(_read, STYLES)), ".css")


async def show_frame_file(request: Request) -> Response:
    """`GET /v1/frames/{name}`: the page of a frame, its script or its style."""
    name = request.path_params["name"]
    if name in FRAME_SCRIPTS:
        return _answer(request, joined(FRAME_SCRIPTS[name]), ".js")
    path = HERE / "frames" / name
    if path.suffix not in (".html", ".css") or not path.is_file():
        raise HTTPException(404)
    return _answer(request, path.read_text(), path.suffix)


def joined(files: Iterable[str]) -> str:
    """The files as one script, in a function of their own."""
    content = "\n".join(f"// {name}\n{_read(name)}" for name in files)
    return f'(() => {{\n"use strict";\n{content}\n}})();\n'


def _read(name: str) -> str:
    return (HERE / name).read_text()


def _answer(request: Request, content: str, suffix: str) -> Response:
    tag = f'"{sha256(content.encode()).hexdigest()[:16]}"'
    headers = HEADERS | (PAGE_HEADERS if suffix == ".html" else {}) | {"ETag": tag}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    return Response(content, media_type=TYPES[suffix], headers=headers)


_get = partial(Route, methods=["GET"])

ROUTES: list[BaseRoute] = [
    _get(SCRIPT_PATH, show_script),
    _get(STYLE_PATH, show_style),
    _get(f"{FRAMES_PATH}{{name}}", show_frame_file),
]
