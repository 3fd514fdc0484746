"""Finds messages in answers that `docs/messages.md` and `docs/shopper-messages.md` do not list."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

DOCS = Path(__file__).parents[2] / "docs"

PAGE, SHOPPER_PAGE = DOCS / "messages.md", DOCS / "shopper-messages.md"

MESSAGE_COLUMNS = {"message", "English", "English (UK)", "German", "Japanese"}

PLACEHOLDER = re.compile(r"\\\{\w+\\\}")

UNLISTED = "this message is not on docs/messages.md or docs/shopper-messages.md; run `make schema`"

BY_GRAPHQL = {"GRAPHQL_PARSE_FAILED", "GRAPHQL_VALIDATION_FAILED"}
"""Error codes whose messages come from graphql-core and are not listed."""

ADVICE_AGAINST = {
    "DO_NOT_RETRY": re.compile(r"\b(send|call|try|request)\b.*\bagain\b", re.IGNORECASE),
    "RETRY": re.compile(r"may have|read the (state|cart) before", re.IGNORECASE),
    "READ_STATE_FIRST": re.compile(r"nothing was changed[.;] send", re.IGNORECASE),
}
"""What no message may say, by the retry advice of its error."""

MERCHANTS_OWN = {"inventory"}
"""Fields in which `message` is a message of the merchant, not of the gateway."""


def unlisted_messages(body: Any) -> list[str]:
    """Messages in an answer that no page lists."""
    if not isinstance(body, dict):
        return []
    errors = [error for error in body.get("errors", ()) if error.get("extensions", {}).get("code") not in BY_GRAPHQL]
    warnings = body.get("extensions", {}).get("riverfront", {}).get("warnings", ())
    messages = [*_messages([*errors, *warnings]), *_messages(body.get("data"))]
    return [message for message in messages if not _listed().fullmatch(message)]


def _messages(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for item in value:
            yield from _messages(item)
    elif isinstance(value, dict):
        for name, item in value.items():
            if name in ("message", "shopperMessage") and isinstance(item, str):
                yield item
            elif name not in MERCHANTS_OWN:
                yield from _messages(item)


def contradictions(value: Any) -> list[str]:
    """Messages of user errors in an answer that advise the client otherwise than `retry` beside them."""
    if isinstance(value, list):
        return [message for item in value for message in contradictions(item)]
    if not isinstance(value, dict):
        return []
    message, retry = value.get("message"), value.get("retry")
    is_contradiction = isinstance(message, str) and retry in ADVICE_AGAINST and ADVICE_AGAINST[retry].search(message)
    return [f"{retry}: {message}"] * bool(is_contradiction) + contradictions(list(value.values()))


@cache
def _listed() -> re.Pattern[str]:
    listed = [template for page in (PAGE, SHOPPER_PAGE) for template in templates(page.read_text())]
    patterns = [PLACEHOLDER.sub(".*", re.escape(template)) for template in listed]
    return re.compile("|".join(patterns), re.DOTALL)


def templates(text: str) -> Iterator[str]:
    """Yield the message templates in the tables of a page."""
    columns: list[str] = []
    for line in text.splitlines():
        cells = [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        if not cells:
            columns = []
        elif not columns:
            columns = cells
        else:
            yield from (cell for column, cell in zip(columns, cells, strict=True) if cell and column in MESSAGE_COLUMNS)
