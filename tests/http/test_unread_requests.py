"""Only requests whose end is beyond doubt are refused unread, and no submission is."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.http import unread_priority
from gateway.http.unread_priority import (
    LONGEST_REMEMBERED,
    REMEMBERED_DOCUMENTS,
    WORDS,
    look_at,
    priority_unread,
)
from gateway.http.unread_requests import PlainRequest, plain_request
from gateway.upstream.priority import Priority

POST = b"POST /graphql HTTP/1.1\r\nHost: gateway\r\n"
GET = b"GET /graphql?query=%7Bcart%7Bid%7D%7D HTTP/1.1\r\nHost: gateway\r\n"


def request(*lines: bytes, body: bytes = b"{}", first: bytes = POST) -> bytes:
    return first + b"".join(line + b"\r\n" for line in lines) + b"\r\n" + body


def test_plain_request_is_recognized() -> None:
    lines = (b"ACCEPT: application/json", b"Cookie: a=b", b"Connection: keep-alive", b"Content-Length:2")
    accept = ((b"accept", b"application/json"),)
    assert plain_request(request(*lines)) == PlainRequest(b"{}", False, True, accept)
    assert plain_request(request(b"Origin: null", body=b"", first=GET)) == PlainRequest(
        b"", True, False, ((b"origin", b"null"),)
    )


NOT_PLAIN = {
    "half a body": request(b"Content-Length: 3"),
    "two requests": request(b"Content-Length: 2") * 2,
    "half a head": request(b"Content-Length: 2")[:-4],
    "no length": request(),
    "two lengths": request(b"Content-Length: 2", b"Content-Length: 2"),
    "empty and another length": request(b"Content-Length:", b"Content-Length: 2"),
    "line that begins with a blank": request(b"Content-Length: 2", b" Transfer-Encoding: chunked"),
    "lone carriage return": request(b"Content-Length: 2", b"A: b\rTransfer-Encoding: chunked"),
    "control character in a name": request(b"Content-Length: 2", b"Transfer-Encoding\x0b: chunked"),
    "control character in a value": request(b"Content-Length: 2", b"A: b\0c"),
    "line without a colon": request(b"Content-Length: 2", b"A"),
    "signed length": request(b"Content-Length: +2"),
    "chunks": request(b"Transfer-Encoding: chunked", body=b"0\r\n\r\n"),
    "length and chunks": request(b"Content-Length: 2", b"Transfer-Encoding: chunked"),
    "chunks after a bare line feed": request(b"A: b\nTransfer-Encoding: chunked", b"Content-Length: 2"),
    "bare line feed": request(b"A: b\nB: c", b"Content-Length: 2"),
    "space before the colon": request(b"Content-Length: 2", b"Transfer-Encoding : chunked"),
    "expectation": request(b"Content-Length: 2", b"Expect: 100-continue"),
    "upgrade": request(b"Content-Length: 2", b"Connection: upgrade", b"Upgrade: h2c"),
    "last request": request(b"Content-Length: 2", b"Connection: close"),
    "older version": request(b"Content-Length: 2", first=POST.replace(b"1.1", b"1.0")),
    "another path": request(b"Content-Length: 2", first=POST.replace(b"graphql", b"health")),
    "page": request(b"Accept: text/html", body=b"", first=GET),
    "GET with a body": request(b"Content-Length: 2", first=GET),
    "GET and the next request": request(body=GET, first=GET),
}


@pytest.mark.parametrize("data", NOT_PLAIN.values(), ids=NOT_PLAIN)
def test_request_whose_end_is_in_doubt_is_read(data: bytes) -> None:
    assert plain_request(data) is None


SUBMIT = "mutation { submitOrder { errors { code } } }"


@pytest.mark.parametrize(
    ("body", "priority"),
    [
        (json.dumps({"query": SUBMIT}), None),
        (json.dumps({"query": SUBMIT.replace("submit", "resume")}), None),
        (json.dumps({"query": SUBMIT}).replace("mutation", "\\u006dutation"), None),
        (json.dumps({"query": SUBMIT}).replace("submit", "\\u0073ubmit"), None),
        (json.dumps({"query": "query A { cart { id } } " + SUBMIT, "operationName": "A"}), None),
        (json.dumps({"extensions": {"persistedQuery": {"sha256Hash": "a"}}}), None),
        (json.dumps({"query": "", "extensions": {"persistedQuery": {"sha256Hash": "a"}}}), None),
        (json.dumps({"query": None, "documentId": "a"}), None),
        (json.dumps({"variables": {"query": "a"}, "documentId": "a"}), None),
        (json.dumps({"query": "mutation { signOut { signedOut } }"}), Priority.CHECKOUT),
        (json.dumps({"query": "query($key: UUID!) { orderSubmission(key: $key) { status } }"}), None),
        (json.dumps({"query": "{ cart { id } }"}), Priority.SESSION),
        (None, None),
    ],
)
def test_priority_is_that_of_a_submission_only_if_read(body: str | None, priority: Priority | None) -> None:
    encoded = None if body is None else body.encode()
    assert priority_unread(encoded, is_read=False, has_credentials=True) is priority


def test_read_without_credentials_is_public() -> None:
    assert priority_unread(b'{"query": "{ cart { id } }"}', is_read=False, has_credentials=False) is Priority.PUBLIC
    assert priority_unread(b"", is_read=True, has_credentials=False) is Priority.PUBLIC


WRITTEN = st.text(max_size=4) | st.sampled_from(
    [*(word.decode() for word in WORDS), SUBMIT, "sha256Hash", "documentId"]
)


def names(fields: object) -> list[str]:
    """Those of all fields."""
    if not isinstance(fields, dict):
        return []
    return [name for field, value in fields.items() for name in (field, *names(value))]


@given(
    st.dictionaries(
        WRITTEN | st.sampled_from(["query", "variables"]),
        st.recursive(
            WRITTEN | st.lists(WRITTEN), lambda values: st.dictionaries(WRITTEN, values, max_size=3), max_leaves=4
        ),
        max_size=4,
    )
)
def test_look_at_a_body_overlooks_nothing(fields: dict[str, object]) -> None:
    body = json.dumps(fields, ensure_ascii=False).encode(errors="surrogatepass")
    words, hash_fields = look_at(body)
    assert words == {word for word in WORDS if word in body}
    assert hash_fields >= sum(name in {"sha256Hash", "documentId"} for name in names(fields))


def test_string_beside_a_hash_is_no_document() -> None:
    body = b'{"operationName": "query", "documentId": "a"}'
    assert priority_unread(body, is_read=False, has_credentials=False) is None


def test_memory_of_documents_is_bounded() -> None:
    unread_priority._words_in_document.cache_clear()
    for number in range(REMEMBERED_DOCUMENTS + 10):
        look_at(b'{"query": "{ product%d { id } }"}' % number)
    assert unread_priority._words_in_document.cache_info().currsize == REMEMBERED_DOCUMENTS
    before = unread_priority._words_in_document.cache_info()
    look_at(b'{"query": "%b"}' % (b" " * (LONGEST_REMEMBERED + 1)))
    assert unread_priority._words_in_document.cache_info() == before
