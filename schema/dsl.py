"""Functions that declare types and fields of the graph. Files that declare types use these functions instead of
Strawberry.

The docstring of a class describes its type. Positional arguments of `field` are directives, and its other keyword
arguments are arguments of the graph's field. A resolver takes `(ctx, …)` for a root field and `(parent, ctx, …)` for
any other field.
"""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import NoneType
from typing import Annotated, Any, TypeVar, get_args

import strawberry
from strawberry.types import Info

from schema.descriptions import prose
from schema.input_types import graph_type
from schema.resolver_call import Conditions, Resolver, mutation_call, read_call

T = TypeVar("T")

PARAMETERS = {"filter": "method_filter", "id": "global_id", "input": "args"}
"""Name of the resolver's parameter, by the name of the GraphQL argument. Only arguments with the name of a Python
builtin are listed. Every other parameter has the name of its argument.
"""


@dataclass(frozen=True)
class Argument:
    annotation: Any
    description: str
    directives: tuple[object, ...]
    default: Any


def object_type(*directives: object, name: str | None = None) -> Callable[[T], T]:
    def declare(cls: T) -> T:
        declared: T = strawberry.type(cls, name=name, description=prose(cls.__doc__), directives=directives)  # type: ignore[call-overload]
        return declared

    return declare


def interface(cls: T) -> T:
    return strawberry.interface(cls, description=prose(cls.__doc__))  # type: ignore[call-overload, no-any-return]


def argument(hint: Any, description: str, *directives: object) -> Argument:
    """An argument of a field. A client may leave out a nullable argument."""
    default = strawberry.UNSET if NoneType in get_args(hint) else inspect.Parameter.empty
    return Argument(graph_type(hint), description, directives, default)


def field(
    description: str,
    *directives: object,
    resolver: Resolver | None = None,
    name: str | None = None,
    **arguments: Argument,
) -> Any:
    """A field of the graph. A field without a resolver returns the parent's attribute with the same name. `name`
    replaces this name in the graph.
    """
    if resolver is None:
        return strawberry.field(name=name, description=description, directives=directives)
    return _resolved(resolver, read_call, arguments, description, directives)


def mutation(description: str, *directives: object, resolver: Resolver) -> Any:
    """A field of the type `Mutation`. Its argument `input` has the type of the resolver's parameter `args`."""
    parameter = inspect.signature(resolver).parameters.get("args")
    declaration = parameter.annotation if parameter is not None else None
    arguments = {} if declaration is None else {"input": argument(declaration, prose(declaration.__doc__))}
    return _resolved(resolver, mutation_call, arguments, description, directives)


def _resolved(
    resolver: Resolver,
    make_call: Callable[[Resolver, Conditions], Callable[..., Any]],
    arguments: Mapping[str, Argument],
    description: str,
    directives: tuple[object, ...],
) -> Any:
    conditions = Conditions()
    call = make_call(resolver, conditions)
    call.__signature__ = _signature(arguments)  # type: ignore[attr-defined]  # read by inspect
    return strawberry.field(
        resolver=call,
        description=description,
        directives=directives,
        metadata={"resolver": resolver, "conditions": conditions},
    )


def _signature(arguments: Mapping[str, Argument]) -> inspect.Signature:
    """The signature of a resolving function. Strawberry reads the GraphQL arguments from it."""
    keyword = inspect.Parameter.KEYWORD_ONLY
    positional = inspect.Parameter.POSITIONAL_OR_KEYWORD
    parameters = [
        inspect.Parameter("root", positional, annotation=object),
        inspect.Parameter("info", positional, annotation=Info),
    ]
    for name, spec in arguments.items():
        name_if_other = name if name in PARAMETERS else None
        described = strawberry.argument(spec.description, name_if_other, directives=spec.directives)
        annotation: Any = Annotated.__class_getitem__((spec.annotation, described))  # type: ignore[attr-defined]
        parameter = PARAMETERS.get(name, name)
        parameters.append(inspect.Parameter(parameter, keyword, default=spec.default, annotation=annotation))
    return inspect.Signature(parameters)
