"""The look of the sandbox's HTML pages: their frame, style and headers.

A page loads its style and scripts from the sandbox only, and its Content-Security-Policy permits nothing else.
"""

import html
from collections.abc import Iterable
from pathlib import Path

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
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
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


def notice(name: str = "Sandbox") -> str:
    """The strip at the top of a page that looks as if money could move."""
    return f'<p class="notice"><strong>{html.escape(name)}</strong> No money moves here.</p>'


ROUTES: list[BaseRoute] = [Mount(FILES_PATH, StaticFiles(directory=FILES))]
