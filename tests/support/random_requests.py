"""`python -m tests.support.random_requests` sends random requests to a gateway, until one of them is answered wrongly.

A client can cause no answer of a server error, no unexpected error and no answer without the fixed headers. The
requests are valid operations with random variables, broken documents, and bodies, URLs and headers of all kinds.
"""

import argparse
import asyncio
import json
import logging
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, NamedTuple
from urllib.parse import quote

import httpx
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
    OperationDefinitionNode,
    build_schema,
    parse,
    type_from_ast,
)
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from examples.run import ROOT
from gateway.http.common_headers import FIXED_HEADERS
from sandbox.app import create_app as create_sandbox
from sandbox.model.world import World
from tests.support.shop import CLIENT, PACK, Clock, InMemoryTransport, Storefront, documents, gateway

REQUESTS_PER_GATEWAY = 100
"""Number of requests after which a new gateway starts, because its rate limits refuse most requests by then."""

SERVER_ERROR = 500

TEXTS = st.one_of(
    st.sampled_from(
        [
            *("", "a", "0", "-1", "null", "true", "\x00", "\ud800", "e\u0301" * 40, "\u202e", "é", "٣", "1e999"),
            *("4111 1111 1111 1111", "en-US", "USD", "US", "2026-01-31", "shopper@example.com", PACK),
            *("00000000-0000-4000-8000-000000000000", "Q2FydDphY3RpdmU=", "https://shop.example/a"),
        ]
    ),
    st.text(max_size=30),
)

NUMBERS = st.one_of(
    st.integers(-3, 300),
    st.sampled_from([2**31 - 1, 2**31, -(2**31) - 1, 2**53, 2**63, 2**64, 10**40]),
    st.floats(allow_nan=False, allow_infinity=False),
)

JSON: st.SearchStrategy[Any] = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBERS, TEXTS),
    lambda values: st.one_of(st.lists(values, max_size=3), st.dictionaries(TEXTS, values, max_size=3)),
    max_leaves=12,
)

TOKENS = st.one_of(
    st.sampled_from(
        [
            *(
                "{",
                "}",
                "(",
                ")",
                "[",
                "]",
                "!",
                "$",
                "$x",
                ":",
                "=",
                "|",
                "&",
                "...",
                "... on Cart",
                "@",
                "@skip(if: 1)",
            ),
            *(
                "@include(if: $x)",
                "@oneOf",
                '"',
                '"""',
                '"\\u{110000}"',
                '"\\uD800"',
                "#",
                "\n",
                "\ufeff",
                "\x00",
                "0x1",
            ),
            *(
                "query",
                "mutation",
                "subscription { a }",
                "fragment F on Cart { ...F }",
                "...F",
                "__typename",
                "__schema",
            ),
            *("1e400", "-0", "99999999999", "null", "true", "{}", "{a: {a: {a: 1}}}", "[[[[]]]]", "input: {}", "id"),
        ]
    ),
    TEXTS,
)

METHODS = st.sampled_from(["POST"] * 30 + ["GET"] * 8 + ["HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "QUERY"])

CONTENT_TYPES = st.sampled_from(
    ["application/json"] * 40
    + ["", "text/plain", "application/graphql", "multipart/form-data; boundary=x", "application/json; charset=utf-16"]
)

ACCEPTS = st.sampled_from(
    ["application/graphql-response+json"] * 30
    + [
        "*/*",
        "",
        "application/json;q=0",
        "text/html",
        "application/*;q=x",
        "a/b;q=1.5,,;;",
        "application/json, */*;q=0.1",
    ]
)


class RandomRequest(NamedTuple):
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


def values(of: GraphQLInputType) -> st.SearchStrategy[Any]:
    """Values that mostly fit the type, and sometimes do not."""
    return st.integers(0, 11).flatmap(lambda drawn: JSON if drawn == 0 else st.deferred(lambda: _fitting(of)))


def _fitting(of: GraphQLInputType) -> st.SearchStrategy[Any]:
    if isinstance(of, GraphQLNonNull):
        return values(of.of_type)
    if isinstance(of, GraphQLList):
        return st.lists(values(of.of_type), max_size=3)
    if isinstance(of, GraphQLEnumType):
        return st.sampled_from(sorted(of.values))
    if isinstance(of, GraphQLInputObjectType):
        if of.is_one_of:
            fields = [st.fixed_dictionaries({name: values(field.type)}) for name, field in of.fields.items()]
            return st.one_of(fields)
        required = {
            name: values(field.type) for name, field in of.fields.items() if isinstance(field.type, GraphQLNonNull)
        }
        optional = {name: values(field.type) for name, field in of.fields.items() if name not in required}
        return st.fixed_dictionaries(required, optional=optional)
    return {"Int": st.integers(-2, 60), "Float": NUMBERS, "Boolean": st.booleans()}.get(of.name, TEXTS)


class Operation(NamedTuple):
    document: str
    variables: st.SearchStrategy[dict[str, Any]]


def operations(schema: GraphQLSchema) -> list[Operation]:
    """The example operations, and each mutation alone, with values for their variables."""
    mutation = schema.mutation_type
    assert mutation is not None
    alone = []
    for field_name, field in mutation.fields.items():
        declared = ", ".join(f"${name}: {argument.type}" for name, argument in field.args.items())
        passed = ", ".join(f"{name}: ${name}" for name in field.args)
        head, arguments = (f"mutation({declared})", f"({passed})") if field.args else ("mutation", "")
        alone.append(f"{head} {{ {field_name}{arguments} {{ errors {{ code path message }} }} }}")
    return [Operation(text, _variables(text, schema)) for text in [*documents().values(), *alone]]


def _variables(document: str, schema: GraphQLSchema) -> st.SearchStrategy[dict[str, Any]]:
    strategies: dict[str, st.SearchStrategy[Any]] = {}
    for definition in parse(document).definitions:
        if isinstance(definition, OperationDefinitionNode):
            for variable in definition.variable_definitions or ():
                of = type_from_ast(schema, variable.type)
                assert of is not None
                strategies[variable.variable.name.value] = values(of)  # type: ignore[arg-type]  # variables have input types
    return st.fixed_dictionaries(strategies)


@st.composite
def requests(draw: st.DrawFn, corpus: list[Operation]) -> RandomRequest:
    operation = draw(st.sampled_from(corpus))
    document = operation.document
    for _ in range(draw(st.sampled_from([0, 0, 0, 1, 2, 4]))):
        start = draw(st.integers(0, len(document)))
        end = start + draw(st.sampled_from([0, 0, 1, 5, 60]))
        document = document[:start] + draw(TOKENS) + document[end:]
    body: Any = {"query": document, "variables": draw(operation.variables)}
    for _ in range(draw(st.sampled_from([0, 0, 0, 0, 1, 2]))):
        name = draw(st.sampled_from(["query", "variables", "operationName", "extensions", "documentId", "x"]))
        body[name] = draw(JSON)
    method, headers = draw(METHODS), {"Content-Type": draw(CONTENT_TYPES), "Accept": draw(ACCEPTS)}
    kind = draw(st.sampled_from(["object"] * 8 + ["list", "any", "bytes", "cut"]))
    if kind == "bytes":
        return RandomRequest(method, "/graphql", headers, draw(st.binary(max_size=200)))
    if kind in ("list", "any"):
        body = [body, body] if kind == "list" else draw(JSON)
    text = json.dumps(body, ensure_ascii=draw(st.booleans())).encode("utf-8", "surrogatepass")
    if kind == "cut":
        text = text[: draw(st.integers(0, len(text)))]
    path = "/graphql"
    if method in ("GET", "HEAD") and isinstance(body, dict):
        path += "?" + "&".join(f"{quote(name, errors='replace')}={_in_url(value)}" for name, value in body.items())
        text = b""
    return RandomRequest(method, path, headers, text)


def _in_url(value: Any) -> str:
    return quote(value if isinstance(value, str) else json.dumps(value), errors="replace")


def problem(answer: httpx.Response) -> str | None:
    """What is wrong with an answer; None if nothing is."""
    if answer.status_code >= SERVER_ERROR:
        return f"status {answer.status_code}"
    if missing := [name for name in FIXED_HEADERS if name.lower() not in answer.headers]:
        return f"without {missing}"
    if "x-request-id" not in answer.headers and "public" not in answer.headers.get("cache-control", ""):
        return "without a request id"
    if "INTERNAL_ERROR" in answer.text:
        return "INTERNAL_ERROR"
    return None


class Gateways:
    """A gateway in front of a sandbox, which is replaced by a new one from time to time. Half of the requests have the
    session of a shopper whose cart has a line and an address."""

    def __init__(self) -> None:
        self.counts: dict[int, int] = {}
        """Number of answers by status."""
        self._stack = AsyncExitStack()
        self._left = 0
        self._storefront: Storefront

    async def send(self, request: RandomRequest) -> str | None:
        if self._left == 0:
            await self.aclose()
            self._storefront = await self._stack.enter_async_context(_new())
            self._left = REQUESTS_PER_GATEWAY
        self._left -= 1
        headers = CLIENT | {name: value for name, value in request.headers.items() if value}
        if self._left % 2:
            headers["Cookie"] = f"__Host-rf_session={self._storefront.cookie}"
        answer = await self._storefront.http.request(
            request.method, request.path, content=request.body, headers=headers
        )
        self.counts[answer.status_code] = self.counts.get(answer.status_code, 0) + 1
        return problem(answer)

    async def aclose(self) -> None:
        await self._stack.aclose()


@asynccontextmanager
async def _new() -> AsyncIterator[Storefront]:
    world = World()
    async with gateway(world, InMemoryTransport(create_sandbox(world)), Clock()) as storefront:
        await storefront.add(PACK)
        await storefront.give_details()
        yield storefront


def run(number: int, *, seed_number: int | None) -> dict[int, int]:
    """Send random requests, the same ones each time if there is no seed. Return the number of answers by status.

    Raises `AssertionError` with the shortest request that is answered wrongly.
    """
    corpus = operations(build_schema((ROOT / "schema" / "schema.graphql").read_text()))
    gateways = Gateways()
    limits = settings(
        max_examples=number,
        derandomize=seed_number is None,
        deadline=None,
        database=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    with asyncio.Runner() as runner:

        @given(requests(corpus))
        def answers_are_right(request: RandomRequest) -> None:
            assert runner.run(gateways.send(request)) is None

        if seed_number is not None:
            answers_are_right = seed(seed_number)(answers_are_right)
        try:
            limits(answers_are_right)()
        finally:
            runner.run(gateways.aclose())
    return gateways.counts


def main() -> int:
    parser = argparse.ArgumentParser(description="Send random requests to a gateway.")
    parser.add_argument("--requests", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    logging.disable(logging.CRITICAL)
    counts = run(arguments.requests, seed_number=arguments.seed)
    print(f"{sum(counts.values())} requests, answers by status: {dict(sorted(counts.items()))}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
