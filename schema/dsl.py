"""Functions that declare the types and fields of the graph. The other files in `schema/` call them instead of
Strawberry.

A type has the docstring of its class as description. The resolver of a field of `Query` or `Mutation` takes `(ctx, …)`.
The resolver of any other field may also take the parent object: `(parent, ctx, …)`.
"""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import NoneType
from typing import Annotated, Any, TypeVar, get_args

import strawberry
from strawberry.types import Info

from gateway.execution.field_resolver import FieldResolver, Resolver
from resolvers.inputs.declaration import faults_of_input
from schema.descriptions import description_in
from schema.input_types import graph_type
from schema.resolver_call import make_field_resolver, make_mutation_resolver

T = TypeVar("T")

RESOLVER_PARAMETERS = {"filter": "method_filter", "id": "global_id", "input": "args"}
"""Names of resolver parameters, by the name of the GraphQL argument. A GraphQL argument that is not listed here has the
same name in the resolver. The listed names would hide Python builtins.
"""


@dataclass(frozen=True)
class Argument:
    annotation: Any
    description: str
    directives: tuple[object, ...]
    default: Any


def object_type(*directives: object, name: str | None = None) -> Callable[[T], T]:
    def declare(cls: T) -> T:
        declared: T = strawberry.type(cls, name=name, description=description_in(cls.__doc__), directives=directives)  # type: ignore[call-overload]
        return declared

    return declare


def interface(cls: T) -> T:
    return strawberry.interface(cls, description=description_in(cls.__doc__))  # type: ignore[call-overload, no-any-return]


def argument(hint: Any, description: str, *directives: object) -> Argument:
    """Declare an argument of a field. A client may omit an argument whose type is nullable."""
    default = strawberry.UNSET if NoneType in get_args(hint) else inspect.Parameter.empty
    return Argument(graph_type(hint), description, directives, default)


def field(
    description: str,
    *directives: object,
    resolver: Resolver | None = None,
    name: str | None = None,
    **arguments: Argument,
) -> Any:
    """Declare a field of a type. Without `resolver`, the field returns the attribute of the parent object that has the
    same name. `name` gives the field another name in the graph. `arguments` are the arguments of the field.
    """
    if resolver is None:
        return strawberry.field(name=name, description=description, directives=directives)
    field_resolver = FieldResolver(resolver, is_mutation=False)
    return _resolved(field_resolver, make_field_resolver(field_resolver), arguments, description, directives)


def mutation(description: str, *directives: object, resolver: Resolver) -> Any:
    """Declare a mutation. If the resolver has a parameter `args`, the mutation has an argument `input` of the same
    type.
    """
    parameter = inspect.signature(resolver).parameters.get("args")
    declaration = parameter.annotation if parameter is not None else None
    arguments = {} if declaration is None else {"input": argument(declaration, description_in(declaration.__doc__))}
    field_resolver = FieldResolver(resolver, is_mutation=True, find_faults=faults_of_input)
    return _resolved(field_resolver, make_mutation_resolver(field_resolver), arguments, description, directives)


def _resolved(
    field_resolver: FieldResolver,
    strawberry_resolver: Any,
    arguments: Mapping[str, Argument],
    description: str,
    directives: tuple[object, ...],
) -> Any:
    strawberry_resolver.__signature__ = _signature(arguments)  # read by inspect
    return strawberry.field(
        resolver=strawberry_resolver,
        description=description,
        directives=directives,
        metadata={"resolver": field_resolver},
    )


def _signature(arguments: Mapping[str, Argument]) -> inspect.Signature:
    """The signature that Strawberry inspects to find the GraphQL arguments of a field."""
    keyword = inspect.Parameter.KEYWORD_ONLY
    positional = inspect.Parameter.POSITIONAL_OR_KEYWORD
    parameters = [
        inspect.Parameter("root", positional, annotation=object),
        inspect.Parameter("info", positional, annotation=Info),
    ]
    for name, spec in arguments.items():
        name_if_other = name if name in RESOLVER_PARAMETERS else None
        described = strawberry.argument(spec.description, name_if_other, directives=spec.directives)
        annotation: Any = Annotated.__class_getitem__((spec.annotation, described))  # type: ignore[attr-defined]
        parameter = RESOLVER_PARAMETERS.get(name, name)
        parameters.append(inspect.Parameter(parameter, keyword, default=spec.default, annotation=annotation))
    return inspect.Signature(parameters)
