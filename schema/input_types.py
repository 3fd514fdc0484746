"""GraphQL input types, built from the declarations in `resolvers/inputs/`."""

from collections.abc import Mapping
from dataclasses import MISSING, fields
from functools import cache, reduce
from operator import or_
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import strawberry
from strawberry.types.arguments import InputContext
from strawberry.types.base import get_object_definition
from strawberry.utils.str_converters import to_camel_case

from resolvers.inputs.declaration import Input
from resolvers.scalars import ID
from schema import enums  # noqa: F401 - an enum must be described before an input names it
from schema.descriptions import description_in
from schema.directives import Sensitive


def graph_type(hint: Any) -> Any:
    """Convert the type hint of a GraphQL argument for Strawberry. Inputs and ids are replaced by Strawberry's types.
    Every other hint is returned unchanged.
    """
    if hint is ID:
        return strawberry.ID
    if isinstance(hint, type) and issubclass(hint, Input):
        return input_type(hint)  # type: ignore[arg-type]  # mypy takes the hash of instances for that of the class
    arguments = [graph_type(argument) for argument in get_args(hint)]
    if get_origin(hint) in (Union, UnionType):
        return reduce(or_, arguments)
    return list.__class_getitem__(arguments[0]) if get_origin(hint) is list else hint


@cache
def input_type(declaration: type[Input]) -> Any:
    """The Strawberry class for the input `declaration`. Resolvers get instances of `declaration`, not of the Strawberry
    class.
    """
    hints = get_type_hints(declaration)
    annotations: dict[str, Any] = {}
    attributes: dict[str, Any] = {"__annotations__": annotations}
    for field in fields(declaration):
        is_optional = field.default is not MISSING
        annotations[field.name] = graph_type(hints[field.name] | None if is_optional else hints[field.name])
        # The schema has no default of None, because `declaration` sets it. GraphQL forbids defaults in `@oneOf` inputs.
        default = field.default if field.default is not None else strawberry.UNSET
        attributes[field.name] = strawberry.field(
            description=field.metadata["description"],
            directives=[Sensitive()] if field.metadata["is_secret"] else [],
            default=MISSING if declaration.is_one_of else default,
        )
    made = strawberry.input(
        type(declaration.__name__, (), attributes),
        description=description_in(declaration.__doc__),
        one_of=declaration.is_one_of,
    )
    _set_conversion(made, declaration)
    return made


def _set_conversion(made: Any, declaration: type[Input]) -> None:
    """Make Strawberry convert the input in a request to an instance of `declaration`. A field with the value null gets
    the default of the field. Scalars and enums stay as they are; Strawberry would look up their types each time.
    """
    definition = get_object_definition(made, strict=True)
    by_name = {to_camel_case(field.python_name): field for field in definition.fields}
    hints = get_type_hints(declaration)
    staying = {name for name, field in by_name.items() if _is_leaf(hints[field.python_name])}

    def from_input(_: Any, values: Mapping[str, Any], context: InputContext) -> Input:
        arguments = {}
        for name, value in values.items():
            if value is not None:
                field = by_name[name]
                if name not in staying:
                    value = context.convert(value, field.resolve_type(type_definition=definition), name)
                arguments[field.python_name] = value
        return declaration.from_client(arguments)

    definition.from_input = from_input


def _is_leaf(hint: Any) -> bool:
    """Whether a type hint is that of a scalar or an enum, or None."""
    if get_origin(hint) in (Union, UnionType):
        return all(_is_leaf(part) for part in get_args(hint))
    return get_origin(hint) is not list and not (isinstance(hint, type) and issubclass(hint, Input))
