"""Finds names in answers that the graph does not have: input fields in the `path` of errors, and schema coordinates."""

from collections.abc import Iterator
from typing import Any

from graphql import GraphQLInputObjectType, get_named_type

from schema.build import build


def unknown_names(body: Any) -> list[str]:
    """Paths of user errors and schema coordinates in an answer that name no input field or field of the graph."""
    data = body.get("data") if isinstance(body, dict) else None
    return list(_unknown(data)) if isinstance(data, dict) else []


def _unknown(data: dict[str, Any]) -> Iterator[str]:
    for name, payload in data.items():
        yield from (coordinate for coordinate in _coordinates(payload) if not _is_coordinate(coordinate))
        errors = payload.get("errors") if isinstance(payload, dict) else None
        for error in errors or ():
            if not _is_input_path(name, error.get("path", ())):
                yield f"{name}: {'.'.join(error['path'])}"


def _coordinates(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for item in value:
            yield from _coordinates(item)
    elif isinstance(value, dict):
        for name, item in value.items():
            if name == "resolvedBy":
                yield from item
            elif name == "resumeWith":
                yield item
            else:
                yield from _coordinates(item)


def _is_coordinate(coordinate: str) -> bool:
    type_name, _, field = coordinate.partition(".")
    return field in getattr(build().core.type_map.get(type_name), "fields", {})


def _is_input_path(mutation: str, path: list[str]) -> bool:
    """Whether a path leads to an argument of the mutation, or into it. Any path is, if the mutation has an alias."""
    mutations = build().core.mutation_type
    assert mutations is not None
    if mutation not in mutations.fields or not path:
        return True
    argument, *rest = path
    arguments = mutations.fields[mutation].args
    if argument not in arguments:
        return False
    type_ = get_named_type(arguments[argument].type)
    for name in rest:
        if name.isdecimal():
            continue
        if not isinstance(type_, GraphQLInputObjectType) or name not in type_.fields:
            return False
        type_ = get_named_type(type_.fields[name].type)
    return True
