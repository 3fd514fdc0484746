"""Reads a GraphQL request from a body or a URL, without checking the document or the values of its variables."""

import re
from collections.abc import Iterable
from typing import Any, NamedTuple

import orjson

from gateway.errors import TopLevelCode
from gateway.http.http_request import BodyTooLarge, ClientGone, HttpRequest

MAX_VARIABLES_BYTES = 64 * 1024
"""Maximum length of the variables in bytes: half of the default body limit. Larger variables take long to check, and no
client needs them."""

MAX_DEPTH = 64
"""Maximum nesting of lists and objects in the JSON of a request. The inputs of the graph are nested less than ten deep.
Python could not work on values that are nested much deeper."""

SHA256 = re.compile(r"(sha256:)?[0-9a-f]{64}")

URL_PARAMETERS = frozenset({"query", "operationName", "variables", "extensions", "documentId"})


class RequestRefused(Exception):
    """Raised for a request that is not executed. `allow` is the value of the Allow header."""

    def __init__(self, status: int, code: TopLevelCode, *messages: str, allow: str | None = None) -> None:
        super().__init__(code.value)
        self.status = status
        self.code = code
        self.messages = messages
        self.allow = allow


class ParsedRequest(NamedTuple):
    """A well-formed GraphQL request, with a document, the document's SHA-256 in hex, or both.

    `other_strings` are the operation name, and the names and values of unknown URL parameters.
    """

    query: str | None
    sha256: str | None
    operation_name: str | None
    variables: dict[str, Any]
    other_strings: tuple[str, ...]


async def read(request: HttpRequest, body_limit_bytes: int) -> ParsedRequest:
    """The GraphQL request in an HTTP request. Raises `RequestRefused`."""
    if request.is_read:
        return _parsed(_url_fields(request), request)
    if request.method != "POST":
        message = "Use POST, or GET for public queries."
        raise RequestRefused(405, TopLevelCode.METHOD_NOT_ALLOWED, message, allow="GET, HEAD, POST")
    _check_content_type(request.headers.get(b"content-type"))
    too_large = f"The body may have at most {body_limit_bytes} bytes."
    declared = request.headers.get(b"content-length", "0")
    if declared.isdecimal() and int(declared) > body_limit_bytes:
        raise RequestRefused(413, TopLevelCode.BAD_USER_INPUT, too_large)
    try:
        body = await request.body(body_limit_bytes)
    except BodyTooLarge:
        raise RequestRefused(413, TopLevelCode.BAD_USER_INPUT, too_large) from None
    except ClientGone:
        # The client has disconnected, so no answer is sent. The exception ends the request.
        raise _bad_request("The body is incomplete.") from None
    return _parsed(_body_fields(body), request)


def _check_content_type(content_type: str) -> None:
    if content_type == "application/json":
        return
    media_type, _, parameters = content_type.partition(";")
    if media_type.strip().lower() != "application/json":
        raise RequestRefused(415, TopLevelCode.BAD_USER_INPUT, "Send the request as application/json.")
    if "charset" in parameters.lower() and "utf-8" not in parameters.lower():
        raise RequestRefused(415, TopLevelCode.BAD_USER_INPUT, "Send the request in UTF-8.")


def _url_fields(request: HttpRequest) -> dict[str, Any]:
    fields: dict[str, Any] = {name: value or None for name, value in request.query_params.items()}
    for name in ("variables", "extensions"):
        if fields.get(name):
            fields[name] = _json(fields[name].encode(), f"parameter `{name}`") or None
    return fields


def _body_fields(body: bytes) -> dict[str, Any]:
    fields = _json(body, "body")
    if not isinstance(fields, dict):
        raise _bad_request("The body must be a JSON object. Batches are not supported.")
    variables = fields.get("variables")
    if isinstance(variables, dict) and len(orjson.dumps(variables)) > MAX_VARIABLES_BYTES:
        message = f"`variables` may have at most {MAX_VARIABLES_BYTES} bytes."
        raise RequestRefused(413, TopLevelCode.BAD_USER_INPUT, message)
    return fields


def _json(content: bytes, subject: str) -> Any:
    try:
        value = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise _bad_request(_no_json(content, subject, error)) from None
    if content.count(b"{") + content.count(b"[") < MAX_DEPTH:
        return value
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [item for part in level if isinstance(part, dict | list) for item in _items(part)]
        if not level:
            return value
    raise _bad_request(f"The {subject} may have at most {MAX_DEPTH} levels of lists and objects.")


def _no_json(content: bytes, subject: str, error: orjson.JSONDecodeError) -> str:
    """What is wrong, and where. The messages of orjson contain nothing of the content."""
    if not content.strip():
        return f'The {subject} is empty. Send JSON such as {{"query": "{{ storefront {{ locales }} }}"}}.'
    try:
        content.decode()
    except UnicodeDecodeError as wrong:
        return f"The {subject} must be JSON in UTF-8. It is not UTF-8 from byte {wrong.start} on."
    return f"The {subject} must be JSON in UTF-8. At line {error.lineno}, column {error.colno}: {error.msg}."


def _items(part: dict[str, Any] | list[Any]) -> Iterable[Any]:
    return part.values() if isinstance(part, dict) else part


def _parsed(fields: dict[str, Any], request: HttpRequest) -> ParsedRequest:
    query, name, variables = fields.get("query"), fields.get("operationName"), fields.get("variables")
    extensions, sha256 = fields.get("extensions"), _sha256(fields)
    messages = []
    if sha256 is not None and query == "":
        query = None  # Some clients send an empty document beside the hash.
    if not (query.strip() if isinstance(query, str) else query is None and sha256 is not None):
        messages.append("`query` must be a string with a GraphQL document, for example `{ storefront { locales } }`.")
    if not (name is None or isinstance(name, str)):
        messages.append("`operationName` must be a string.")
    if not (variables is None or isinstance(variables, dict)):
        messages.append("`variables` must be an object.")
    if not (extensions is None or isinstance(extensions, dict)):
        messages.append("`extensions` must be an object.")
    if not (sha256 is None or (isinstance(sha256, str) and SHA256.fullmatch(sha256))):
        messages.append("The hash of a document must be its SHA-256 in 64 lower-case hex digits.")
    if messages:
        raise _bad_request(*messages)
    return ParsedRequest(
        query=query,
        sha256=sha256.removeprefix("sha256:") if sha256 else None,
        operation_name=name or None,
        variables=variables or {},
        other_strings=_other_strings(name, request),
    )


def _sha256(fields: dict[str, Any]) -> Any:
    """The hash of the document in the request, not yet checked: `documentId`, or else `sha256Hash` of Apollo's
    extension `persistedQuery`."""
    if fields.get("documentId") is not None:
        return fields["documentId"]
    extensions = fields.get("extensions")
    persisted = extensions.get("persistedQuery") if isinstance(extensions, dict) else None
    return persisted.get("sha256Hash", "") if isinstance(persisted, dict) else persisted


def _other_strings(operation_name: str | None, request: HttpRequest) -> tuple[str, ...]:
    if not request.query_string:
        return (operation_name,) if operation_name else ()
    parameters = request.query_params
    unknown_values = [value for name, value in parameters.items() if name not in URL_PARAMETERS]
    return (operation_name or "", *parameters, *unknown_values)


def _bad_request(*messages: str) -> RequestRefused:
    return RequestRefused(400, TopLevelCode.BAD_USER_INPUT, *messages)
