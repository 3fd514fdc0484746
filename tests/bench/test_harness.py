"""The benches measure what they say: their stand-in answers as recorded, and wrong answers are noticed."""

import asyncio
import json
import sys
from typing import Any

import pytest

from bench.harness.answers import Answer, Recording
from bench.harness.load import post, send
from bench.harness.operations import CART_PAGE, differences
from bench.harness.recording import record
from bench.harness.upstream import COUNTS, Connection, Upstream
from tests.support.shop import CART

RECORDING = Recording({f"GET {CART}": Answer(200, b"any"), f"GET {CART}?expand=all": Answer(403, b"all")})


def body_of(answer: bytes) -> bytes:
    return answer.partition(b"\r\n\r\n")[2]


def test_stand_in_answers_by_target_and_else_by_path() -> None:
    upstream = Upstream(RECORDING, delay_s=0)
    assert upstream.answer("GET", f"{CART}?expand=all").startswith(b"HTTP/1.1 403")
    assert body_of(upstream.answer("GET", f"{CART}?locale=de_DE")) == b"any"


def test_stand_in_reports_requests_that_were_not_recorded() -> None:
    upstream = Upstream(RECORDING, delay_s=0)
    upstream.answer("POST", f"{CART}?expand=all")
    counts = json.loads(body_of(upstream.answer("GET", COUNTS)))
    assert counts == {"requests": 1, "unknown": {f"POST {CART}?expand=all": 1}}


def test_stand_in_gives_each_session_another_token() -> None:
    upstream = Upstream(RECORDING, delay_s=0)
    tokens = {json.loads(body_of(upstream.answer("POST", "/oauth20/token")))["access_token"] for _ in range(3)}
    assert len(tokens) == 3


async def test_load_counts_answers_and_failures() -> None:
    upstream = Upstream(Recording({"POST /graphql": Answer(200, b"{}")}), delay_s=0)
    server = await asyncio.get_running_loop().create_server(lambda: Connection(upstream), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    good = await send(port, [post({}, "a"), post({}, "b")], connections=3, times=20)
    assert (good.answers, good.failures, good.body, upstream.requests) == (20, 0, b"{}", 20)
    bad = await send(port, [post({}).replace(b"/graphql", b"/unknown")], connections=1, times=2)
    assert (bad.answers, bad.failures) == (2, 2)
    server.close()


@pytest.mark.parametrize(
    ("actual", "paths"),
    [
        ({"data": {"a": 1, "b": [{"c": 2}]}}, []),
        ({"data": {"a": 1, "b": [{"c": 3}]}}, [".data.b.0.c"]),
        ({"data": {"b": [{"c": 2}], "a": 1}}, [".data"]),
        ({"data": {"a": 1, "b": []}}, [".data.b"]),
        ({"data": {"a": True, "b": [{"c": 2}]}}, [".data.a"]),
        ({"data": {"a": 1, "b": [{"c": 2}]}, "errors": []}, [""]),
    ],
)
def test_wrong_answers_are_noticed(actual: Any, paths: list[str]) -> None:
    expected = {"data": {"a": 1, "b": [{"c": 2}]}}
    assert [difference.partition(":")[0] for difference in differences(expected, actual)] == paths


def test_values_that_change_with_time_are_not_compared() -> None:
    assert list(differences({"a": {"expiresAt": 1}}, {"a": {"expiresAt": 2}})) == []


async def test_recording_has_ten_lines_or_as_many_as_wanted() -> None:
    ten, longer = await record([CART_PAGE]), await record([CART_PAGE], lines=25)
    lines = [recorded.operations[0].expected["data"]["cart"]["lines"] for recorded in (ten, longer)]
    assert [len({line["id"] for line in cart_lines}) for cart_lines in lines] == [10, 25]


@pytest.mark.slow
@pytest.mark.exhaustive
@pytest.mark.timeout(300)
async def test_bench_of_operations_checks_and_measures() -> None:
    command = ("-m", "bench.operations", "--rounds", "1", "--seconds", "0.1")
    bench = await asyncio.create_subprocess_exec(sys.executable, *command, stdout=asyncio.subprocess.PIPE)
    output, _ = await bench.communicate()
    assert bench.returncode == 0
    assert "CartPage, 1 error" in output.decode()
