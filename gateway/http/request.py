"""What a client asks: a GraphQL request read from a body or a URL, before anything of it is understood."""

import re
from dataclasses import dataclass
from typing import Any

import orjson
from starlette.requests import ClientDisconnect, Request

from gateway.errors import TopLevelCode

VARIABLES_LIMIT_BYTES = 64 * 1024
"""Half of what a body may be by default. Larger ones are slow to screen and to coerce, and no client needs them."""

SHA256 = re.compile(r"[0-9a-f]{64}")


PARAMETERS = frozenset({"query", "operationName", "variables", "extensions", "documentId"})
"""Of a URL; all others are nobody's."""

NO_QUERY = "Send a query, as a text: for example { storefront { locales } }."


class Refused(Exception):
    """The request is no GraphQL request that we serve."""

    def __init__(self, status: int, code: TopLevelCode, *messages: str, allow: str | None = None) -> None:
        super().__init__(code.value)
        self.status = status
        self.code = code
        self.messages = messages
        self.allow = allow


@dataclass(frozen=True)
class Asked:
    """A well-formed GraphQL request. It has a document, or its SHA-256 in hex, or both."""

    query: str | None
    sha256: str | None
    operation_name: str | None
    variables: dict[str, Any]


async def read(request: Request) -> Asked:
    """Raises `Refused`."""
    if request.method == "GET":
        return _of_url(request)
    if request.method != "POST":
        raise Refused(405, TopLevelCode.METHOD_NOT_ALLOWED, "Use POST, or GET for public queries.", allow="GET, POST")
    content_type = request.headers.get("content-type", "")
    media, _, parameters = content_type.partition(";")
    if media.strip().lower() != "application/json":
        raise Refused(415, TopLevelCode.BAD_USER_INPUT, "Send the request as application/json.")
    if "charset" in parameters.lower() and "utf-8" not in parameters.lower():
        raise Refused(415, TopLevelCode.BAD_USER_INPUT, "Send the request in UTF-8.")
    try:
        body = await request.body()
    except ClientDisconnect:
        # Nobody is left to read this; it only ends the request.
        raise Refused(400, TopLevelCode.BAD_USER_INPUT, "The body broke off.") from None
    return _of_body(_json(body, "body"))


def _json(text: bytes | str, what: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        raise Refused(400, TopLevelCode.BAD_USER_INPUT, f"The {what} is not JSON in UTF-8.") from None


def _of_url(request: Request) -> Asked:
    given: dict[str, Any] = dict(request.query_params)
    for name in ("variables", "extensions"):
        given[name] = _json(given[name], f"parameter {name}") if given.get(name) else None
    return _checked({name: value or None for name, value in given.items()})


def _of_body(body: Any) -> Asked:
    if not isinstance(body, dict):
        raise Refused(400, TopLevelCode.BAD_USER_INPUT, "The body is not a JSON object. Batches are not served.")
    variables = body.get("variables")
    if isinstance(variables, dict) and len(orjson.dumps(variables)) > VARIABLES_LIMIT_BYTES:
        message = f"The variables are larger than {VARIABLES_LIMIT_BYTES} bytes."
        raise Refused(413, TopLevelCode.BAD_USER_INPUT, message)
    return _checked(body)


def _checked(given: dict[str, Any]) -> Asked:
    query, name, variables = given.get("query"), given.get("operationName"), given.get("variables")
    extensions, document_id = given.get("extensions"), given.get("documentId")
    persisted = extensions.get("persistedQuery") if isinstance(extensions, dict) else None
    sha256 = document_id if document_id is not None else _hash(persisted)
    is_known_by_hash = query is None and sha256 is not None
    wrong = [
        text
        for text, is_right in (
            (NO_QUERY, is_known_by_hash or (isinstance(query, str) and bool(query.strip()))),
            ("operationName must be a text.", name is None or isinstance(name, str)),
            ("variables must be an object.", variables is None or isinstance(variables, dict)),
            ("extensions must be an object.", extensions is None or isinstance(extensions, dict)),
            ("A document is known by its SHA-256, in 64 lower-case hex digits.", _is_hash(sha256)),
        )
        if not is_right
    ]
    if wrong:
        raise Refused(400, TopLevelCode.BAD_USER_INPUT, *wrong)
    return Asked(query, sha256.removeprefix("sha256:") if sha256 else None, name or None, variables or {})


def _hash(persisted: Any) -> Any:
    return persisted.get("sha256Hash", "") if isinstance(persisted, dict) else persisted


def _is_hash(given: Any) -> bool:
    return given is None or (isinstance(given, str) and bool(SHA256.fullmatch(given.removeprefix("sha256:"))))
