"""A response is read the same however its bytes arrive, within limits, and says whether its connection can be used."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.errors import UpstreamError, UpstreamUnavailable
from gateway.upstream.connections.response_reader import MAX_HEAD_BYTES, MAX_HEADERS, ResponseReader
from gateway.upstream.exchange import Response
from tests.support.middlebox import CHUNKED, LENGTH, OK, READABLE, UNREADABLE

SHORT_BYTES = 1000

SHORT = {
    name: answer
    for name, answer in (READABLE | UNREADABLE).items()
    # What follows a response is not read any more once the response is complete.
    if len(answer) < SHORT_BYTES and not name.startswith("stray")
}


def outcome(*parts: bytes, has_body: bool = True) -> Response | type[UpstreamError]:
    """What is read from these parts, after which the connection ends."""
    reader = ResponseReader(has_body=has_body)
    try:
        for part in parts:
            if reader.feed(part):
                break
        reader.feed_end(None)
        return reader.response()
    except UpstreamError as failure:
        return type(failure)
    finally:
        reader.end()


def single_bytes(answer: bytes) -> list[bytes]:
    return [answer[index : index + 1] for index in range(len(answer))]


@pytest.mark.parametrize("name", SHORT)
def test_answer_in_single_bytes_is_read_as_in_one_piece(name: str) -> None:
    assert outcome(*single_bytes(SHORT[name])) == outcome(SHORT[name])


@settings(deadline=None)
@given(st.sampled_from(sorted(SHORT)), st.sets(st.integers(1, SHORT_BYTES - 1)))
def test_answer_in_any_pieces_is_read_as_in_one(name: str, cuts: set[int]) -> None:
    answer = SHORT[name]
    ends = [*sorted(cut for cut in cuts if cut < len(answer)), len(answer)]
    pieces = [answer[start:end] for start, end in zip([0, *ends], ends, strict=False)]
    assert outcome(*pieces) == outcome(answer)


X = b"x" * 1000

ENDLESS: dict[str, tuple[bytes, bytes]] = {
    "a header": (OK + b"X: ", X),
    "headers": (OK, b"X: x\r\n"),
    "a reason": (b"HTTP/1.1 200 ", X),
    "informational responses": (b"", b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"),
    "an extension of a chunk": (CHUNKED + b"2;", X),
    "a trailer": (CHUNKED + b"2\r\n{}\r\n0\r\nX: ", X),
    "trailers": (CHUNKED + b"2\r\n{}\r\n0\r\n", b"X: x\r\n"),
}
"""Beginnings of responses, and what follows again and again."""


@pytest.mark.parametrize("name", ENDLESS)
def test_response_that_never_ends_is_given_up(name: str) -> None:
    beginning, rest = ENDLESS[name]
    reader = ResponseReader()
    reader.feed(beginning)
    with pytest.raises(UpstreamUnavailable):
        feed_again_and_again(reader, rest)
    reader.end()


def feed_again_and_again(reader: ResponseReader, rest: bytes) -> None:
    for _ in range(MAX_HEAD_BYTES // len(rest) + 1):
        assert not reader.feed(rest)


@pytest.mark.parametrize(("count", "size"), [(MAX_HEADERS - 1, 1), (1, MAX_HEAD_BYTES - 1000)])
def test_head_within_its_limits_is_read(count: int, size: int) -> None:
    headers = b"".join(b"X: " + b"x" * size + b"\r\n" for _ in range(count))
    head = b"HTTP/1.1 200 OK\r\n" + headers
    assert isinstance(outcome(head + LENGTH + b"\r\n{}"), Response)
    assert outcome(head + b"X: x\r\n" + b"Y: " + b"y" * 1000 + b"\r\n" + LENGTH + b"\r\n{}") is UpstreamUnavailable


def usable_after(answer: bytes) -> bool:
    reader = ResponseReader()
    reader.feed(answer)
    reader.end()
    return reader.leaves_connection_usable


USABLE = {
    "a length": OK + LENGTH + b"\r\n{}",
    "chunks": CHUNKED + b"2\r\n{}\r\n0\r\n\r\n",
    "HTTP/1.0 that keeps the connection": READABLE["HTTP/1.0 with a length"],
    "204": READABLE["204"],
    "100 before the answer": READABLE["100 before the answer"],
}

UNUSABLE = {
    "not complete": OK + LENGTH + b"\r\n{",
    "close": OK + b"Connection: close\r\n" + LENGTH + b"\r\n{}",
    "close in another case": OK + b"connection: Keep-Alive, CLOSE\r\n" + LENGTH + b"\r\n{}",
    "HTTP/1.0": b"HTTP/1.0 200 OK\r\n" + LENGTH + b"\r\n{}",
    "until the end": READABLE["until the end of the connection"],
    "a second response": USABLE["a length"] * 2,
    "the beginning of a second response": USABLE["a length"] + b"HTT",
    "a second response after chunks": USABLE["chunks"] + USABLE["a length"],
    "a body after 204": READABLE["204"] + USABLE["a length"],
}


@pytest.mark.parametrize("name", USABLE)
def test_connection_is_usable_after_a_complete_response(name: str) -> None:
    assert usable_after(USABLE[name])


@pytest.mark.parametrize("name", UNUSABLE)
def test_connection_is_not_usable_after_anything_else(name: str) -> None:
    assert not usable_after(UNUSABLE[name])


def test_second_response_changes_nothing_of_the_first() -> None:
    second = b"HTTP/1.1 500 Error\r\nRetry-After: 1\r\nContent-Length: 7\r\n\r\nanother"
    assert outcome(USABLE["a length"] + second) == outcome(USABLE["a length"])


def test_trailer_is_no_header() -> None:
    response = outcome(CHUNKED + b"2\r\n{}\r\n0\r\nRetry-After: 1\r\n\r\n")
    assert isinstance(response, Response)
    assert response.header(b"retry-after") is None


def test_response_to_head_has_no_body_and_ends_its_connection() -> None:
    reader = ResponseReader(has_body=False)
    assert reader.feed(OK + b"Content-Length: 9\r\n\r\n")
    assert reader.response().body == b""
    reader.end()
    assert not reader.leaves_connection_usable


def test_body_until_the_end_is_lost_with_a_broken_connection() -> None:
    reader = ResponseReader()
    reader.feed(READABLE["until the end of the connection"])
    with pytest.raises(UpstreamUnavailable):
        reader.feed_end(ConnectionResetError())
    reader.end()
