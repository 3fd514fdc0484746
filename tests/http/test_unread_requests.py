"""Only requests whose end is beyond doubt are refused unread, and no submission is."""

import asyncio
import json
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from contextvars import Context, ContextVar
from functools import partial
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.http.admission import Admission
from gateway.http.start_queue import BEGUN_IN_A_CROWD, BEGUN_IN_A_TURN, CROWD, StartQueue
from gateway.http.unread_priority import WORDS, look_at, priority_unread
from gateway.http.unread_requests import PlainRequest, plain_request
from gateway.http.unsent_refusals import UnsentRefusals
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


class Turns:
    """An event loop whose turns the test counts."""

    def __init__(self) -> None:
        self._next = deque[Callable[[], None]]()

    def call_soon(self, callback: Callable[..., None], *arguments: object, context: Context) -> None:
        self._next.append(lambda: context.run(callback, *arguments))

    def turn(self) -> None:
        for _ in range(len(self._next)):
            self._next.popleft()()

    @property
    def is_idle(self) -> bool:
        return not self._next


@pytest.mark.parametrize("is_shedding", [False, True])
def test_requests_begin_in_their_order_a_few_in_each_turn(is_shedding: bool) -> None:
    admission, turns, begun = Admission(0.05), Turns(), list[int]()
    admission.is_shedding = is_shedding
    queue = StartQueue(admission)
    number = BEGUN_IN_A_TURN + CROWD + 10
    for request_number in range(number):
        queue.put(lambda request_number=request_number: begun.append(request_number), turns)  # type: ignore[misc, arg-type]  # of the turns, only `call_soon` is used
    counts = [len(begun)]
    while not turns.is_idle:
        turns.turn()
        counts.append(len(begun))
    in_turns = [later - earlier for earlier, later in pairwise(counts)]
    assert begun == list(range(number))
    assert counts[0] == BEGUN_IN_A_TURN
    assert in_turns[:10] == [BEGUN_IN_A_CROWD] * 10
    assert max(in_turns) == (BEGUN_IN_A_CROWD if is_shedding else BEGUN_IN_A_TURN)


async def test_lone_requests_begin_at_once() -> None:
    queue, begun = StartQueue(Admission(0.05)), list[int]()
    for number in range(3 * BEGUN_IN_A_TURN):
        queue.put(lambda number=number: begun.append(number), asyncio.get_running_loop())  # type: ignore[misc]  # mypy infers no default
        assert begun[-1] == number
        await asyncio.sleep(0)


def test_requests_begin_in_the_context_of_none_before() -> None:
    request_id, turns, ids_at_begin = ContextVar[str | None]("request_id", default=None), Turns(), list[str | None]()
    queue = StartQueue(Admission(0.05))

    def request_answered() -> None:
        request_id.set("of the first")
        for _ in range(BEGUN_IN_A_TURN + CROWD + 10):
            queue.put(lambda: ids_at_begin.append(request_id.get()), turns)  # type: ignore[arg-type]  # of the turns, only `call_soon` is used

    Context().run(request_answered)
    while not turns.is_idle:
        turns.turn()
    # Those that begin at once get their context from the server.
    assert ids_at_begin[BEGUN_IN_A_TURN:] == [None] * (CROWD + 10)


def test_discarded_request_neither_begins_nor_costs_a_beginning() -> None:
    turns, begun = Turns(), list[int]()
    queue = StartQueue(Admission(0.05))
    requests = [partial(begun.append, number) for number in range(2 * BEGUN_IN_A_TURN + CROWD)]
    for request in requests:
        queue.put(request, turns)  # type: ignore[arg-type]  # of the turns, only `call_soon` is used
    for request in requests[:-1]:
        queue.discard(request)
    turns.turn()
    assert begun == [*range(BEGUN_IN_A_TURN), len(requests) - 1]
    while not turns.is_idle:
        turns.turn()
    queue.discard(requests[0])


def test_request_that_cannot_begin_holds_up_no_other() -> None:
    turns, begun = Turns(), list[int]()
    queue = StartQueue(Admission(0.05))

    def begin(number: int) -> None:
        if number == BEGUN_IN_A_TURN + 1:
            raise MemoryError
        begun.append(number)

    for request_number in range(BEGUN_IN_A_TURN + 5):
        queue.put(partial(begin, request_number), turns)  # type: ignore[arg-type]  # of the turns, only `call_soon` is used
    while not turns.is_idle:
        with suppress(MemoryError):  # An event loop logs it.
            turns.turn()
    assert len(begun) == BEGUN_IN_A_TURN + 4


class Written:
    """A transport that keeps what is written. `fails` says that the next write does."""

    def __init__(self) -> None:
        self.answers: list[bytes] = []
        self.is_closed = self.fails = False

    def is_closing(self) -> bool:
        return self.is_closed

    def write(self, answer: bytes) -> None:
        if self.fails:
            raise MemoryError
        self.answers.append(answer)


def unsent(turns: Turns, number: int) -> tuple[UnsentRefusals, list[Written]]:
    """A refusal for each of so many transports."""
    refusals, transports = UnsentRefusals(), [Written() for _ in range(number)]
    for transport in transports:
        refusals.put(transport, b"refused", turns)  # type: ignore[arg-type]  # no more of them is used
    return refusals, transports


def test_refusals_are_sent_together_when_the_turn_ends() -> None:
    turns = Turns()
    _, transports = unsent(turns, 3)
    assert [transport.answers for transport in transports] == [[]] * 3
    turns.turn()
    assert [transport.answers for transport in transports] == [[b"refused"]] * 3
    assert turns.is_idle


def test_refusal_is_sent_once_and_only_to_open_connections() -> None:
    turns = Turns()
    refusals, (sent_before, closed) = unsent(turns, 2)
    refusals.send_to(sent_before)  # type: ignore[arg-type]  # no more of it is used
    assert sent_before.answers == [b"refused"]
    closed.is_closed = True
    turns.turn()
    assert (sent_before.answers, closed.answers) == ([b"refused"], [])


def test_refusal_that_cannot_be_sent_holds_up_no_other() -> None:
    turns = Turns()
    _, transports = unsent(turns, 3)
    transports[1].fails = True
    while not turns.is_idle:
        with suppress(MemoryError):  # An event loop logs it.
            turns.turn()
    assert [transport.answers for transport in transports] == [[b"refused"], [], [b"refused"]]
