"""`python -m tests.support.sdl_differences OTHER.graphql` lists how the committed SDL differs from another SDL.

Compares types, fields, arguments, defaults, descriptions and directives. Ignores order and layout. A directive without
an argument equals a directive with the argument's default value. Exits with 1 if there is a difference.
"""

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from graphql import DirectiveDefinitionNode, DirectiveNode, Node, parse, print_ast

COMMITTED = Path(__file__).parents[2] / "schema" / "schema.graphql"

Facts = Mapping[str, str]
"""Properties of a schema element that are compared, such as `description` and `type`, by name."""

Defaults = Mapping[str, Mapping[str, str]]
"""Default values of the arguments of directives, by name of the directive and name of the argument."""


def main(other: str) -> int:
    lines = list(differences(COMMITTED.read_text(), Path(other).read_text()))
    print("\n".join(lines) or "No difference.")
    return int(bool(lines))


def differences(ours: str, theirs: str) -> Iterator[str]:
    """Yield a line for each property that differs, and for each element that only one SDL has.

    If only one SDL has a type or field, the fields and arguments inside get no lines.
    """
    here, there = elements(ours), elements(theirs)
    for coordinate in sorted(here.keys() | there.keys()):
        if (coordinate in here) != (coordinate in there):
            owner = _owner(coordinate)
            if owner is None or (owner in here and owner in there):
                yield f"{coordinate}: only {'here' if coordinate in here else 'there'}"
            continue
        left, right = here[coordinate], there[coordinate]
        for fact in sorted(left.keys() | right.keys()):
            if left.get(fact) != right.get(fact):
                yield f"{coordinate}: {fact} is {left.get(fact)} here, {right.get(fact)} there"


def _owner(coordinate: str) -> str | None:
    """Coordinate of the containing type or field, such as `Cart.lines` for `Cart.lines(first:)`. None for a type."""
    if coordinate.endswith(":)"):
        return coordinate.rpartition("(")[0]
    return coordinate.rpartition(".")[0] or None


def elements(sdl: str) -> dict[str, Facts]:
    """Compared properties of each element of an SDL, by coordinate of the element."""
    document = parse(sdl)
    defaults = {
        node.name.value: {
            argument.name.value: print_ast(argument.default_value)
            for argument in node.arguments or ()
            if argument.default_value
        }
        for node in document.definitions
        if isinstance(node, DirectiveDefinitionNode)
    }
    return {
        coordinate: dict(_facts(node, defaults))
        for definition in document.definitions
        for coordinate, node in _walk(_name(definition), definition)
    }


def _name(node: Node) -> str:
    name = getattr(node, "name", None)
    value = name.value if name else "schema"
    return f"@{value}" if node.kind == "directive_definition" else value


def _walk(coordinate: str, node: Node) -> Iterator[tuple[str, Node]]:
    yield coordinate, node
    for child in (*(getattr(node, "fields", None) or ()), *(getattr(node, "values", None) or ())):
        yield from _walk(f"{coordinate}.{child.name.value}", child)
    for argument in getattr(node, "arguments", None) or ():
        yield f"{coordinate}({argument.name.value}:)", argument


def _facts(node: Node, defaults: Defaults) -> Iterator[tuple[str, str]]:
    yield "kind", node.kind
    if description := getattr(node, "description", None):
        yield "description", " ".join(description.value.split())
    for name in ("type", "default_value"):
        if value := getattr(node, name, None):
            yield name.removesuffix("_value"), print_ast(value)
    for name in ("interfaces", "types", "locations", "operation_types"):
        if values := getattr(node, name, None):
            yield name, ", ".join(sorted(map(_printed, values)))
    if getattr(node, "repeatable", False):
        yield "repeatable", "true"
    for directive in getattr(node, "directives", None) or ():
        yield f"@{directive.name.value}", _applied(directive, defaults.get(directive.name.value, {}))


def _printed(node: Node) -> str:
    return node.value if node.kind == "name" else print_ast(node)  # type: ignore[attr-defined] # a name has one


def _applied(directive: DirectiveNode, defaults: Mapping[str, str]) -> str:
    arguments = {argument.name.value: print_ast(argument.value) for argument in directive.arguments or ()}
    return ", ".join(f"{name}: {value}" for name, value in sorted({**defaults, **arguments}.items())) or "present"


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
