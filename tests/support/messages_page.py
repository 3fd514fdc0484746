"""`python -m tests.support.messages_page` prints `docs/messages.md`: every message that a client can receive."""

import re
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import groupby

from graphql import GraphQLEnumType, GraphQLInputObjectType, GraphQLInputType, get_named_type

from gateway.documents.errors import NEGOTIATION
from schema.build import build
from tests.support.client_messages import Message, client_messages
from tests.support.descriptions import own_words
from tests.support.reachable_fields import fields_by_owner
from tests.support.top_level_codes import TOP_LEVEL

MOST_FIELDS = 5
"""Maximum number of fields that are listed for a message. If there are more, no fields are listed."""

IN_CONTEXT = "gateway/catalog/markets.py"
"""File whose messages reject a request if `@inContext` names an unavailable locale or currency."""

NEVER_SENT_BY = {
    "resolvers/cart_addresses.py": {"Mutation.updateCart"},
    "gateway/checkout/tax_identifiers.py": {"Mutation.setCartAddresses", "Mutation.updateCart"},
}
"""Mutations that call functions of a file but never send the file's messages, by path of the file.

The messages are about input fields that these mutations do not have.
"""

REQUESTS = ("gateway/http/", "gateway/documents/", "schema/scalars.py")
"""Files with messages about requests that are rejected before execution."""

INTRODUCTION = """\
# Messages

Every message that a client can receive. `make schema` writes this page from the source, and the tests check that no \
answer has a message that is missing here.

A message is in English and for the developer of the client; [`shopperMessage`](shopper-messages.md) beside it is for \
shoppers, and [what a storefront does](codes.md) stands by its code. Branch on the code and never on the message: \
messages may change in any release. Parts in braces vary.
"""

SECTIONS = {
    "Refused requests": """\
The request is not executed: the answer has `errors` with the code in `extensions.code`, no `data`, and an HTTP status \
of 400 or more, or 200 if the client accepts only `application/json`. A message of the code `GRAPHQL_PARSE_FAILED`, \
and most messages of the code `GRAPHQL_VALIDATION_FAILED`, come from the GraphQL library and are not listed.""",
    "Errors of fields": """\
The field is null, and `errors` has an entry with its path and with the code in `extensions.code`. The rest of the \
answer is complete. If an operation does not select `errors` of a mutation, the user errors below are entries of \
`errors` too, with `extensions.promoted: true` and `extensions.retry`.""",
    "User errors": """\
In the `errors` of a mutation's payload. `path` names the input.""",
    "Blockers": """\
In the `blockers` of `checkoutReadiness`, of `Cart.readiness` and of the result `OrderBlocked`.""",
    "Results of a submission": """\
In the `result` of `submitOrder`, `resumeOrder` and `orderSubmission`.""",
    "Submissions without a result": """\
In the `message` of a submission that has no result yet. With a result, it is the message of the result.""",
    "Payment requirements": """\
In the `missing` of a payment session: what is missing before the order can be submitted.""",
    "Warnings": """\
In the `warnings` of a mutation's payload: the change was made. If an operation does not select `warnings`, they are \
in `extensions.riverfront.warnings` of the answer.""",
}

MEANINGS = {name: code.happened for name, code in TOP_LEVEL.items()}
"""Meaning of each error code of `TopLevelCode`."""

LIBRARY = [
    *(
        Message(message, (f"TopLevelCode.{code.name}",), "gateway/documents/", "")
        for code, message in NEGOTIATION.items()
    ),
    Message("Variable '${variable}' {problem}", ("TopLevelCode.BAD_USER_INPUT",), "schema/scalars.py", ""),
    Message(
        "Syntax Error: {problem} Parsing aborted.", ("TopLevelCode.OPERATION_TOO_EXPENSIVE",), "gateway/documents/", ""
    ),
]
"""Messages that other programs word: clients compare them, or they begin with words of graphql-core. The `{problem}` of
a variable comes from `schema/scalars.py`."""


def page() -> str:
    messages = [*client_messages(), *LIBRARY]
    if unknown := [f"{message.file}: {message.template}" for message in messages if not message.codes]:
        raise LookupError("\n".join(["No code stands beside these messages:", *unknown]))
    return "\n".join([INTRODUCTION, *(line for lines in _sections(messages) for line in lines)]) + "\n"


def _sections(messages: list[Message]) -> Iterator[list[str]]:
    top_level = list(_coded(messages, "TopLevelCode"))
    refused = [(code, message) for code, message in top_level if _refuses_request(code, message)]
    yield _section("Refused requests", _table(refused, MEANINGS, names_fields=False))
    yield _section("Errors of fields", _table([row for row in top_level if row not in refused], MEANINGS))
    yield _section("User errors", _table(_coded(messages, "ErrorCode"), descriptions("ErrorCode")))
    codes = descriptions("CheckoutBlockerCode")
    yield _section("Blockers", _table(_coded(messages, "CheckoutBlockerCode"), codes, names_fields=False))
    results = [(code, message) for message in messages for code in message.codes if "." not in code]
    yield _section("Results of a submission", _table(results, _types(code for code, _ in results), names_fields=False))
    status = descriptions("SubmissionStatus")
    without_result = _table(_coded(messages, "SubmissionStatus"), status, names_fields=False)
    yield _section("Submissions without a result", without_result)
    kinds = descriptions("PaymentRequirementKind")
    yield _section("Payment requirements", _table(_coded(messages, "PaymentRequirementKind"), kinds))
    yield _section("Warnings", _table(_coded(messages, "WarningCode"), descriptions("WarningCode")))


def _refuses_request(code: str, message: Message) -> bool:
    return message.file.startswith((*REQUESTS, IN_CONTEXT)) and code != "INTERNAL_ERROR"


def _section(title: str, table: list[str]) -> list[str]:
    return [f"## {title}", "", SECTIONS[title], "", *table, ""]


def _coded(messages: Iterable[Message], enum: str) -> Iterator[tuple[str, Message]]:
    """Yield each error code of the enum with each message that is sent with the code."""
    for message in messages:
        for code in message.codes:
            if code.startswith(f"{enum}."):
                yield code.partition(".")[2], message


def _table(coded: Iterable[tuple[str, Message]], meanings: dict[str, str], *, names_fields: bool = True) -> list[str]:
    """Lines of a Markdown table of codes, messages and meanings. If a code has several messages, fields are named."""
    lines = ["| code | message | when |", "|---|---|---|"]
    rows = sorted(set(coded), key=lambda row: (row[0] == "*", row[0], bool(_fields(row[1])), row[1].template))
    for code, group in groupby(rows, key=lambda row: row[0]):
        messages = list({message.template: message for _, message in group}.values())
        for index, message in enumerate(messages):
            meaning = meanings.get(code, "The code is that of the error whose message it replaces.")
            fields = _fields(message) if names_fields and (len(messages) > 1 or code == "*") else ""
            when = fields if fields and index else " ".join(filter(None, (meaning, fields)))
            lines.append(f"| {'any' if code == '*' else f'`{code}`'} | {_cell(message.template)} | {when} |")
    return lines


def _cell(template: str) -> str:
    return template.replace("|", "\\|")


def _fields(message: Message) -> str:
    """Sentence that names the graph fields with a message, such as `In a and b.` Empty for no or too many fields."""
    reached = fields_by_owner().get((message.file, message.function), frozenset())
    fields = sorted(field for field in reached - NEVER_SENT_BY.get(message.file, set()) if _has_input(field, message))
    if not fields or len(fields) > MOST_FIELDS:
        return ""
    *others, last = [f"`{field.removeprefix('Mutation.').removeprefix('Query.')}`" for field in fields]
    return f"In {', '.join(others)} and {last}." if others else f"In {last}."


def _has_input(field: str, message: Message) -> bool:
    """Whether a mutation has the input field that begins a message. True if the message begins with no input field."""
    name = re.match(r"`(\w+)`", message.template)
    if name is None or not field.startswith("Mutation.") or name[1] not in set().union(*_inputs().values()):
        return True
    return name[1] in _inputs()[field]


@cache
def _inputs() -> dict[str, set[str]]:
    """Names of all input fields of each mutation, by coordinate of the mutation. Nested inputs are included."""
    mutation = build().core.mutation_type
    assert mutation is not None
    return {
        f"Mutation.{name}": {part for argument in field.args.values() for part in _input_fields(argument.type)}
        for name, field in mutation.fields.items()
    }


def _input_fields(type_: GraphQLInputType) -> Iterator[str]:
    input_type = get_named_type(type_)
    if isinstance(input_type, GraphQLInputObjectType):
        for name, field in input_type.fields.items():
            yield name
            yield from _input_fields(field.type)


@cache
def descriptions(enum: str) -> dict[str, str]:
    type_ = build().core.type_map[enum]
    assert isinstance(type_, GraphQLEnumType)
    return {name: _without_ending(value.description) for name, value in type_.values.items()}


def _types(names: Iterable[str]) -> dict[str, str]:
    return {name: _without_ending(build().core.type_map[name].description) for name in names}


def _without_ending(description: str | None) -> str:
    """What happened, on one line: without advice and without an ending such as `Digital River field: …`."""
    happened, _, _ = (description or "").partition("\n\n")
    return " ".join(own_words(happened).split())


if __name__ == "__main__":
    sys.stdout.write(page())
