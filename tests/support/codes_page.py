"""`python -m tests.support.codes_page` prints `docs/codes.md`: what each code means for a shopper and a storefront."""

import sys
from collections.abc import Collection, Iterator
from functools import cache

from graphql import GraphQLInterfaceType, get_named_type

from gateway.enums import ErrorCode, GraphEnum, RetryAdvice
from gateway.refusals.user_errors import RETRY
from gateway.shopper_messages.catalogue import templates_of
from gateway.shopper_messages.message import WITHOUT_MESSAGE, declared_messages
from schema.build import build
from schema.descriptions import CODES, Code
from tests.support.top_level_codes import TOP_LEVEL

INTRODUCTION = """\
# Codes

Every code that a storefront can receive: what happened, what the shopper reads, and what a storefront does. Branch on \
codes, never on messages. The descriptions in the graph say the same, so editors and GraphiQL show them beside the \
code. `make schema` writes this page, and a code without advice fails a test.

[The client package](../examples/clients/typescript/README.md) follows the advice about retries and submissions by \
itself: `retrying` repeats what may be repeated, and `Orders` reads the outcome before anything is sent again. \
[All messages for developers](messages.md), [what shoppers read in all languages](shopper-messages.md).

The rules behind the advice:

- A request is repeated as it is only if `retry` is RETRY, with the same variables and the same idempotency key. After \
READ_STATE_FIRST the change may be there: read, compare, and send it with a new key only if it is not.
- A submit request is never replaced by another one while its outcome is unknown.
- What the shopper has typed stays on the page, whatever happens.
- `shopperMessage` is shown as it is. `message` is for logs.

The mutations of each kind:
"""

KINDS = {
    "CartMutationError": "changes of the cart",
    "PaymentMutationError": "changes of sources and store credit",
    "SubmissionMutationError": "submissions",
    "SessionMutationError": "changes of the session",
    "ShopperMutationError": "changes of the account",
    "ContractMutationError": "changes of a subscription contract",
    "OrderLookupMutationError": "look-ups of an order",
}
"""What the mutations do whose errors have these interfaces."""

SECTIONS = {
    "ErrorCode": ("User errors", "In the `errors` of a mutation's payload."),
    "CheckoutBlockerCode": (
        "Blockers",
        "In the `blockers` of `checkoutReadiness`, of `Cart.readiness` and of the result `OrderBlocked`. `step` is the "
        "step of the checkout to go to, and `resolvedBy` names the mutations.",
    ),
    "SubmissionStatus": (
        "Outcomes",
        "The `status` of an attempt, and the type of the `result` of `submitOrder`, `resumeOrder` and "
        "`orderSubmission`: PLACED is `OrderPlaced`, and so on. Store the key of a submit request before it is sent.",
    ),
    "DeclineAdvice": ("Declined payments", "In the `decline` of `OrderDeclined`."),
    "PaymentRequirementKind": (
        "Payment requirements",
        "In the `missing` of a payment session, and of the `PaymentSessionBlocker`.",
    ),
    "WarningCode": (
        "Warnings",
        "In the `warnings` of a mutation's payload: the change was made. If an operation does not select them, they "
        "are in `extensions.riverfront.warnings` of the answer.",
    ),
    "StoreCreditObstacle": (
        "Obstacles of store credit",
        "In the `obstacles` of `StoreCreditAccount`, `StoreCreditError` and `StoreCreditBlocker`.",
    ),
    "PaymentMethodObstacle": ("Obstacles of payment methods", "In the `obstacles` of a `PaymentMethod`."),
}

ANSWER_ERRORS = (
    "Errors of an answer",
    "In `errors` of the answer, as `extensions.code`: the request was refused, or the field at `path` is null. If an "
    "operation does not select `errors` of a mutation, its user errors are there too, with `promoted` and `retry` in "
    "`extensions`; the section above has their codes.",
)

BY_ERROR = {
    ErrorCode.CART_BUSY: "RETRY, or READ_STATE_FIRST if the change may have been made",
    ErrorCode.UPSTREAM_UNAVAILABLE: "RETRY if nothing was changed, otherwise READ_STATE_FIRST",
    ErrorCode.STORE_UNAVAILABLE: "RETRY if nothing was changed, otherwise READ_STATE_FIRST",
    ErrorCode.UPSTREAM_REJECTED: "DO_NOT_RETRY",
}
"""Retry advice of the codes whose advice depends on the error."""


def page() -> str:
    kinds = [f"- {kind[0].upper()}{kind[1:]}: {_listed(places([interface]))}." for interface, kind in KINDS.items()]
    lines = [INTRODUCTION, *kinds, ""]
    for enum, (title, where) in SECTIONS.items():
        lines += [f"## {title}", "", where, ""]
        for name, code in CODES[enum].items():
            lines += [f"### {enum}.{name}", "", code.happened, "", *_facts(enum, name, code), ""]
    lines += [f"## {ANSWER_ERRORS[0]}", "", ANSWER_ERRORS[1], ""]
    for name, code in TOP_LEVEL.items():
        lines += [f"### extensions.code {name}", "", code.happened, "", f"- **A storefront:** {code.advice}", ""]
    return "\n".join(lines)


def _facts(enum: str, name: str, code: Code) -> Iterator[str]:
    shown = _shopper_messages()[enum, name]
    if not shown and (enum, name) in _without_message():
        yield "- **The shopper reads:** nothing of the gateway."
    elif len(shown) == 1:
        yield f"- **The shopper reads:** “{shown[0]}”"
    elif shown:
        yield f"- **The shopper reads:** one of {', '.join(f'“{text}”' for text in shown)}"
    yield f"- **A storefront:** {code.advice}"
    if enum == "ErrorCode":
        yield f"- **Retry:** {' or '.join(sorted(retry_of(ErrorCode[name])))}{_note(ErrorCode[name])}"
    if code.where:
        yield f"- **In:** {_places(code.where)}"


def retry_of(code: ErrorCode) -> Collection[str]:
    """The values that `retry` of an error with this code may have."""
    if code in BY_ERROR:
        return {advice.name for advice in RetryAdvice if advice.name in BY_ERROR[code]}
    return {RETRY.get(code, RetryAdvice.FIX_THEN_RETRY).name}


def _note(code: ErrorCode) -> str:
    return f" ({BY_ERROR[code]})" if len(retry_of(code)) > 1 else ""


def places(where: Collection[str]) -> list[str]:
    """The mutations, fields and paths at which a code is sent. An interface of errors stands for its mutations."""
    mutation = build().core.mutation_type
    assert mutation is not None
    of_interface = {
        entry: [name for name, field in mutation.fields.items() if _errors_of(get_named_type(field.type)) == entry]
        for entry in where
        if isinstance(build().core.type_map.get(entry), GraphQLInterfaceType)
    }
    return [place for entry in where for place in of_interface.get(entry, [entry])]


def _errors_of(payload: object) -> str:
    return str(get_named_type(payload.fields["errors"].type))  # type: ignore[attr-defined] # a payload is an object


def _places(where: Collection[str]) -> str:
    if set(where) >= set(KINDS):
        return "any mutation."
    return f"{', '.join(KINDS.get(entry, f'`{entry}`') for entry in where)}."


def _listed(names: Collection[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


@cache
def _shopper_messages() -> dict[tuple[str, str], list[str]]:
    """The messages for shoppers in English, by enum and code."""
    messages: dict[tuple[str, str], list[str]] = {(enum, name): [] for enum in SECTIONS for name in CODES[enum]}
    for code, key, _ in declared_messages():
        messages[_name(code)].append(templates_of("en")[key])
    return messages


@cache
def _without_message() -> set[tuple[str, str]]:
    return {_name(code) for code in WITHOUT_MESSAGE}


def _name(code: GraphEnum) -> tuple[str, str]:
    return type(code).__name__, code.name


if __name__ == "__main__":
    sys.stdout.write(page())
