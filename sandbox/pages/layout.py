"""The look of the sandbox's HTML pages: their frame, style and headers.

A page loads its style and scripts from the sandbox only, and its Content-Security-Policy permits nothing else.
"""

import html
from collections.abc import Iterable, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles

FILES = Path(__file__).parent / "files"

FILES_PATH = "/_sandbox/files"

MARK = (
    '<svg class="mark" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true">'
    '<path d="M3 7c3 0 3 3 6 3s3-3 6-3 3 3 6 3M3 14c3 0 3 3 6 3s3-3 6-3 3 3 6 3" '
    'fill="none" stroke="currentColor" stroke-width="2.4" stroke-linecap="round"/></svg>'
)


def page(
    title: str,
    body: str,
    *,
    language: str = "en",
    kind: str = "narrow",
    script: str | None = None,
    form_targets: Iterable[str] = (),
    status: int = 200,
) -> HTMLResponse:
    """A page of the sandbox. `body` is HTML. `kind` is a class of the style sheet.

    `form_targets` are the sources, as in a Content-Security-Policy, to which a form of the page may lead the browser
    by a redirect of its answer.
    """
    loaded = f'<script type="module" src="{FILES_PATH}/{script}"></script>' if script else ""
    content = (
        f'<!doctype html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>{html.escape(title)}</title>\n"
        f'<link rel="icon" type="image/svg+xml" href="{FILES_PATH}/icon.svg">\n'
        f'<link rel="stylesheet" href="{FILES_PATH}/sandbox.css">\n{loaded}\n</head>\n'
        f'<body class="{kind}">\n{body}\n</body>\n</html>\n'
    )
    return HTMLResponse(content, status, headers=_headers(form_targets))


def _headers(form_targets: Iterable[str]) -> dict[str, str]:
    targets = " ".join(("'self'", *sorted(set(form_targets))))
    policy = (
        "default-src 'none'",
        "style-src 'self'",
        "script-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "base-uri 'none'",
        f"form-action {targets}",
    )
    return {
        "Content-Security-Policy": "; ".join(policy),
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }


def wants_html(request: Request) -> bool:
    """Whether the request comes from a browser that shows the answer as a page."""
    return "text/html" in request.headers.get("accept", "")


def message_page(title: str, body: str, *, notice: str, under: str = "", status: int = 200) -> HTMLResponse:
    """A page with one message and a link to the sandbox's own page. `body` and `under` are HTML."""
    below = f"<p class=under>{under}</p>" if under else ""
    return page(
        title,
        f"{strip(notice)}<main><div class=panel><header>{MARK}<h1>{html.escape(title)}</h1></header>{body}"
        '<div class=actions><a class=button href="/_sandbox/">Open the sandbox</a></div></div>'
        f"{below}</main>",
        status=status,
    )


def strip(about: str) -> str:
    """The strip at the top of a page that looks as if money could move."""
    return f"<header class=notice><strong>Sandbox.</strong> {html.escape(about)} No money moves.</header>"


def facts(rows: Mapping[str, str]) -> str:
    """A list of names with their values."""
    return "<dl class=facts>" + "".join(f"<dt>{name}<dd>{html.escape(value)}" for name, value in rows.items()) + "</dl>"


def form_target(url: str | None) -> str:
    """The origin or scheme of a URL, as a source in a Content-Security-Policy."""
    parts = urlsplit(url or "")
    if not parts.scheme:
        return "'self'"
    return f"{parts.scheme}://{parts.netloc}" if parts.scheme in ("http", "https") else f"{parts.scheme}:"


ROUTES: list[BaseRoute] = [Mount(FILES_PATH, StaticFiles(directory=FILES))]
