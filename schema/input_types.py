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
    the default of the field.
    """
    definition = get_object_definition(made, strict=True)
    by_name = {to_camel_case(field.python_name): field for field in definition.fields}

    @cache
    def type_of(name: str) -> Any:
        """Type of a field. It is resolved when it is first needed, as it may be declared after this type."""
        return by_name[name].resolve_type(type_definition=definition)

    def from_input(_: Any, values: Mapping[str, Any], context: InputContext) -> Input:
        arguments = {
            by_name[name].python_name: context.convert(value, type_of(name), name)
            for name, value in values.items()
            if value is not None
        }
        return declaration(**arguments)

    definition.from_input = from_input
