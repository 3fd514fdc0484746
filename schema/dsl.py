"""The words the schema files are written in. All that Strawberry wants said its own way is said here.

Descriptions of types are docstrings, policies are positional, arguments are keywords. A resolver knows
nothing of GraphQL: it takes `(ctx, …)` for a root field and `(parent, ctx, …)` for a nested one.
"""

import builtins
import inspect
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from types import NoneType, SimpleNamespace
from typing import Annotated, Any, TypeVar, get_args

import strawberry
from graphql import GraphQLError, GraphQLResolveInfo, get_named_type, is_non_null_type
from strawberry.types import Info
from strawberry.types.arguments import InputContext
from strawberry.types.base import get_object_definition

from gateway.enums import ErrorCode
from gateway.refusals.user_errors import MESSAGES, InputError, unnamed
from schema.directives import Sensitive
from schema.selection import selected_names

T = TypeVar("T")
E = TypeVar("E", bound=type[Enum])

Resolver = Callable[..., Any]

SHAPES: dict[builtins.type[Any], Callable[..., Any]] = {}
"""What an input type arrives as."""


@dataclass(frozen=True)
class Argument:
    annotation: Any
    description: str
    policy: tuple[object, ...]
    default: Any


def prose(docstring: str | None) -> str:
    """A docstring as a description: its lines joined, its paragraphs kept."""
    paragraphs = inspect.cleandoc(docstring or "").split("\n\n")
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)


def type(*policy: object) -> Callable[[T], T]:
    return lambda cls: strawberry.type(cls, description=prose(cls.__doc__), directives=policy)  # type: ignore[call-overload]


def interface(cls: T) -> T:
    return strawberry.interface(cls, description=prose(cls.__doc__))  # type: ignore[call-overload, no-any-return]


def input(shape: Callable[..., Any], *, one_of: bool = False) -> Callable[[T], T]:
    """An input type that arrives as `shape`. A member that is null or absent has the shape's default."""

    def build(cls: Any, given: Mapping[str, Any], context: InputContext) -> Any:
        definition = get_object_definition(cls, strict=True)
        names = {context.config.name_converter.from_field(one): one for one in definition.fields}
        return shape(
            **{
                names[name].python_name: context.convert(
                    value, names[name].resolve_type(type_definition=definition), name
                )
                for name, value in given.items()
                if value is not None
            }
        )

    def declare(cls: T) -> T:
        made = strawberry.input(cls, description=prose(cls.__doc__), one_of=one_of)  # type: ignore[call-overload]
        definition = get_object_definition(made, strict=True)
        definition.from_input = build
        SHAPES[made] = shape
        secrets = [
            one.python_name for one in definition.fields if any(isinstance(p, Sensitive) for p in one.directives)
        ]
        if secrets:
            shape.secret_members = frozenset(secrets)  # type: ignore[attr-defined]  # shapes of inputs have it
        return made  # type: ignore[no-any-return]

    return declare


def is_secret(policy: Iterable[object]) -> bool:
    return any(isinstance(one, Sensitive) for one in policy)


def enum(cls: E, description: str, **values: str) -> E:
    """Declare an enum of the gateway. Every value needs its text, so a missing one fails here."""
    strawberry.enum(cls, description=description)
    definition = cls.__strawberry_definition__  # type: ignore[attr-defined]
    for value in definition.values:
        value.description = values.pop(value.name)
    if values:
        raise KeyError(f"{cls.__name__} has no {', '.join(values)}")
    return cls


def argument(type: Any, description: str, *policy: object) -> Argument:
    """An argument of a field. One that may be null may be left out."""
    is_optional = NoneType in get_args(type)
    return Argument(type, description, policy, strawberry.UNSET if is_optional else inspect.Parameter.empty)


def field(
    description: str, *policy: object, resolver: Resolver | None = None, default: Any = ..., **arguments: Argument
) -> Any:
    """A member. Without a resolver it is the attribute of the same name."""
    if resolver is None:
        given = {} if default is ... else {"default": default}
        return strawberry.field(description=description, directives=policy, **given)
    return strawberry.field(
        resolver=_adapt(resolver, arguments),
        description=description,
        directives=policy,
        metadata={"resolver": resolver},
    )


def change(description: str, *policy: object, resolver: Resolver, **arguments: Argument) -> Any:
    """A mutation. What its operation does not read of errors and warnings is told all the same."""
    return strawberry.field(
        resolver=_adapt(resolver, arguments, finish=_promoted),
        description=description,
        directives=policy,
        metadata={"resolver": resolver},
    )


def takes_parent(resolver: Resolver) -> bool:
    return next(iter(inspect.signature(resolver).parameters)) == "parent"


def _adapt(
    resolver: Resolver,
    arguments: Mapping[str, Argument],
    finish: Callable[[Any, Awaitable[Any]], Awaitable[Any]] | None = None,
) -> Callable[..., Any]:
    nested = takes_parent(resolver)

    def call(root: object, info: Info, **given: Any) -> Any:
        owner = (root,) if nested else ()
        if finish is not None and info._raw_info.path.key in info.context.operation.cards:
            return finish(info, _card_refused(info))
        answer = resolver(*owner, info.context, **given)
        if finish is not None:
            # A change ends by itself: each of its calls has the deadline, and what was done is told.
            return finish(info, answer)
        return info.context.in_time(answer) if hasattr(answer, "__await__") else answer

    call.__signature__ = _signature(arguments)  # type: ignore[attr-defined]  # read by inspect
    return call


def _signature(arguments: Mapping[str, Argument]) -> inspect.Signature:
    """The signature Strawberry learns the arguments from."""
    keyword = inspect.Parameter.KEYWORD_ONLY
    positional = inspect.Parameter.POSITIONAL_OR_KEYWORD
    parameters = [
        inspect.Parameter("root", positional, annotation=object),
        inspect.Parameter("info", positional, annotation=Info),
    ]
    for name, one in arguments.items():
        described = strawberry.argument(description=one.description, directives=one.policy)
        annotation: Any = Annotated.__class_getitem__((one.annotation, described))  # type: ignore[attr-defined]
        parameters.append(inspect.Parameter(name, keyword, default=one.default, annotation=annotation))
    return inspect.Signature(parameters)


async def _promoted(info: Any, answer: Awaitable[Any]) -> Any:
    """The payload. Errors nobody selected become errors of the answer, warnings an extension of it."""
    raw: GraphQLResolveInfo[Any] = info._raw_info
    payload = _named(await answer, raw)
    names = selected_names(raw.field_nodes, raw.fragments, raw.variable_values)
    operation = info.context.operation
    if "errors" not in names:
        operation.promoted += [
            GraphQLError(
                error.message,
                nodes=raw.field_nodes,
                path=raw.path.as_list(),
                extensions={"code": error.code.name, "promoted": True},
            )
            for error in payload.errors
        ]
    if "warnings" not in names:
        operation.unread_warnings += payload.warnings
    return payload


async def _card_refused(info: Any) -> Any:
    """The payload of a mutation that was given card numbers and is not called because of them."""
    raw: GraphQLResolveInfo[Any] = info._raw_info
    payload_type: Any = get_named_type(raw.return_type)
    paths = raw.context.operation.cards[raw.path.key]
    code = ErrorCode.SENSITIVE_DATA_DETECTED
    empty = {
        member.extensions["strawberry-definition"].python_name: False if is_non_null_type(member.type) else None
        for member in payload_type.fields.values()
    }
    errors = [InputError(code=code, message=MESSAGES[code], path=path) for path in paths]
    return SimpleNamespace(**(empty | {"errors": errors, "warnings": []}))


def _named(payload: Any, raw: GraphQLResolveInfo[Any]) -> Any:
    """The payload, every error of a type that it may have. Upstream may refuse a call for any reason."""
    payload_type: Any = get_named_type(raw.return_type)
    errors: Any = get_named_type(payload_type.fields["errors"].type)
    told = [
        error
        if raw.schema.is_sub_type(errors, raw.schema.type_map[error.typename])
        else unnamed(error, raw.context.caller.request_id)
        for error in payload.errors
    ]
    if told == payload.errors:
        return payload
    if isinstance(payload, SimpleNamespace):
        return SimpleNamespace(**(vars(payload) | {"errors": told}))
    return replace(payload, errors=told)
