"""Compiles an operation to a plan: Python functions that read the answer from the objects that resolvers return.

Each selection set becomes a function that returns a dict. A selection set that is used several times, such as that of a
fragment, is one function. A field whose resolver waits for something is null in the dict until its value is there.
"""

import itertools
from collections.abc import Mapping
from typing import Any

from graphql import (
    FieldNode,
    GraphQLError,
    GraphQLField,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLSchema,
    VariableNode,
    Visitor,
    get_named_type,
    get_nullable_type,
    is_abstract_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    is_object_type,
    visit,
)
from strawberry.types.arguments import StrawberryArgument, convert_argument
from strawberry.types.field import StrawberryField

from gateway.documents.known_documents import KnownOperation
from gateway.execution.field_resolver import FieldResolver
from gateway.execution.leaves import leaf
from gateway.execution.mutation_payload import PayloadSelection
from gateway.execution.plan import Plan
from gateway.execution.run import Conversion, PlannedField, VariableArguments
from gateway.execution.selections import Flags, SelectedFields, fragments_of, selected_fields, selections_below

MAX_SOURCE_CHARACTERS = 60_000
"""Maximum length of a plan's source. Compiling it keeps other requests waiting, about a millisecond for 3,000
characters."""

Nodes = list[FieldNode]

Path = tuple[str, ...]
"""Path from an object to a value below it, as Python expressions."""


class Unplannable(Exception):
    """The operation has no plan, so graphql-core executes it."""


class NullForbidden(Exception):
    """A value of a non-null type is null. graphql-core, which executes the operation next, reports the error."""


def forbid_null() -> Any:
    raise NullForbidden


class Compiler:
    """Compiles one operation."""

    def __init__(self, schema: GraphQLSchema, operation: KnownOperation, flags: Flags) -> None:
        self._schema = schema
        self._operation = operation
        self._flags = flags
        self._fragments = fragments_of(operation.document)
        self._scope: dict[str, Any] = {"forbid_null": forbid_null}
        """The objects that the functions of the plan use, by name. Contains the functions too."""
        self._functions: dict[tuple[object, ...], str] = {}
        """Names of the functions by type and selected fields."""
        self._waiting: dict[tuple[object, ...], bool] = {}
        self._numbers = itertools.count(1)
        self._selected: dict[tuple[object, ...], SelectedFields] = {}
        self._source: list[str] = []
        self._characters = 0

    def plan(self) -> Plan:
        """Raises `Unplannable`."""
        root = self._schema.get_root_type(self._operation.kind)
        if root is None:
            raise Unplannable
        data: dict[str, Any] = {}
        fields: list[PlannedField] = []
        selections = self._operation.node.selection_set.selections
        for key, nodes in selected_fields(self._schema, self._fragments, self._flags, root, selections).items():
            name = nodes[0].name.value
            data[key] = root.name if name == "__typename" else None
            if name in root.fields:
                fields.append(self._planned(key, root, nodes))
            elif name != "__typename":
                raise Unplannable  # Introspection.
        return Plan(self._operation.kind, data, fields, "\n\n".join(self._source))

    # Fields with a resolver.

    def _planned(self, key: str, parent: GraphQLObjectType, nodes: Nodes) -> PlannedField:
        field = parent.fields[nodes[0].name.value]
        resolver = resolver_of(field)
        if resolver is None:
            raise Unplannable
        value = self._value(field.type, nodes, "value", ())
        complete = self._function(f"complete_{nodes[0].name.value}", "value, run, path", f"return {value}")
        return PlannedField(
            key,
            f"{parent.name}.{nodes[0].name.value}",
            resolver,
            self._arguments(field, nodes[0]),
            self._scope[complete],
            self._payload(key, field, nodes) if resolver.is_mutation else None,
        )

    def _payload(self, key: str, field: GraphQLField, nodes: Nodes) -> PayloadSelection:
        payload_type: Any = get_named_type(field.type)
        names = frozenset(group[0].name.value for group in self._fields(payload_type, nodes).values())
        return PayloadSelection(self._schema, payload_type, key, nodes, names)

    def _arguments(self, field: GraphQLField, node: FieldNode) -> VariableArguments | Mapping[str, Any]:
        arguments = VariableArguments(field, node, conversions(self._schema, field))
        if has_variable(node):
            return arguments
        try:
            return arguments.values(None)
        except GraphQLError:
            raise Unplannable from None

    # Functions of the plan.

    def _object(self, of: GraphQLObjectType, nodes: Nodes, *, has_path: bool) -> str:
        """Name of the function that writes an object of this type."""
        fields = self._fields(of, nodes)
        used = (of.name, has_path, *((key, *map(id, group)) for key, group in fields.items()))
        if used not in self._functions:
            self._functions[used] = self._object_function(of, fields, has_path=has_path)
        return self._functions[used]

    def _object_function(self, of: GraphQLObjectType, fields: SelectedFields, *, has_path: bool) -> str:
        entries, starts = [], []
        for key, nodes in fields.items():
            name = nodes[0].name.value
            if name == "__typename":
                value = repr(of.name)
            elif waits(field := of.fields[name]):
                planned = self._bind(f"field_{name}", self._planned(key, of, nodes))
                starts.append(f"run.start({planned}, answer, v, path)")
                value = "None"
            else:
                value = self._value(field.type, nodes, self._read(field, nodes[0]), (repr(key),))
            entries.append(f"{key!r}: {value},")
        if not has_path:
            return self._function(of.name, "v, run", "return {", *(f"    {entry}" for entry in entries), "}")
        lines = ["answer = {", *(f"    {entry}" for entry in entries), "}", *starts, "return answer"]
        return self._function(of.name, "v, run, path", *lines)

    def _read(self, field: GraphQLField, node: FieldNode) -> str:
        """Expression for the value of a field of the object `v`, which is there at once."""
        resolver = resolver_of(field)
        if resolver is None:
            return f"v.{strawberry_field(field).python_name}"
        called = self._bind(f"resolve_{strawberry_field(field).python_name}", resolver.resolver)
        if not node.arguments:
            return f"{called}(v, run.ctx)"
        arguments = self._bind(f"arguments_of_{node.name.value}", self._arguments(field, node))
        return f"{called}(v, run.ctx, **run.arguments({arguments}))"

    def _value(self, of: GraphQLOutputType, nodes: Nodes, read: str, path: Path, depth: int = 0) -> str:
        """Expression that writes a value of this type. `read` is the expression for the value that is written."""
        inner: Any = of.of_type if is_non_null_type(of) else of
        first, x = (read, read) if read.isidentifier() else (f"(x := {read})", "x")
        if is_leaf_type(inner):
            written = leaf(inner, x, self._scope)
        elif is_list_type(inner):
            written = self._written_list(inner.of_type, nodes, x, path, depth)
        else:
            written = self._written_object(inner, nodes, x, path)
        null = "forbid_null()" if is_non_null_type(of) else "None"
        return f"({null} if {first} is None else {written})"

    def _written_list(self, of: GraphQLOutputType, nodes: Nodes, x: str, path: Path, depth: int) -> str:
        item, number = f"i{depth}", f"n{depth}"
        written = self._value(of, nodes, item, (*path, number), depth + 1)
        if self._has_waiting(get_named_type(of), nodes):
            return f"[{written} for {number}, {item} in enumerate({x})]"
        return f"[{written} for {item} in {x}]"

    def _written_object(self, of: GraphQLNamedType, nodes: Nodes, x: str, path: Path) -> str:
        has_path = self._has_waiting(of, nodes)
        arguments = [x, "run"]
        if has_path:
            arguments.append(f"(*path, {', '.join(path)})" if path else "path")
        functions = {possible.name: self._object(possible, nodes, has_path=has_path) for possible in self._possible(of)}
        if is_abstract_type(of):
            by_type = {name: self._scope[function] for name, function in functions.items()}
            function = f"{self._bind(f'{of.name}_by_type', by_type)}[{x}.typename]"
        else:
            function = functions[of.name]
        return f"{function}({', '.join(arguments)})"

    def _has_waiting(self, of: GraphQLNamedType, nodes: Nodes) -> bool:
        """Whether a field that is selected at any depth waits for something."""
        key = (of.name, *map(id, nodes))
        if key not in self._waiting:
            self._waiting[key] = any(
                waits(field) or self._has_waiting(get_named_type(field.type), group)
                for possible in self._possible(of)
                for group in self._fields(possible, nodes).values()
                if (field := possible.fields.get(group[0].name.value)) is not None
            )
        return self._waiting[key]

    def _possible(self, of: GraphQLNamedType) -> list[GraphQLObjectType]:
        if is_object_type(of):
            return [of]
        return list(self._schema.get_possible_types(of)) if is_abstract_type(of) else []

    def _fields(self, of: GraphQLObjectType, nodes: Nodes) -> SelectedFields:
        key = (of.name, *map(id, nodes))
        if key not in self._selected:
            below = selections_below(nodes)
            self._selected[key] = selected_fields(self._schema, self._fragments, self._flags, of, below)
        return self._selected[key]

    def _bind(self, hint: str, value: object) -> str:
        """Give an object a name that functions of the plan can use."""
        name = hint if self._scope.get(hint, value) is value else self._free_name(hint)
        self._scope[name] = value
        return name

    def _free_name(self, hint: str) -> str:
        return hint if hint not in self._scope else f"{hint}_{next(self._numbers)}"

    def _function(self, hint: str, parameters: str, *body: str) -> str:
        name = self._free_name(hint)
        source = f"def {name}({parameters}):\n" + "".join(f"    {line}\n" for line in body)
        self._characters += len(source)
        if self._characters > MAX_SOURCE_CHARACTERS:
            raise Unplannable
        # The source contains names of the schema, and response keys as Python literals, which are valid names too.
        exec(compile(source, "<plan>", "exec"), self._scope)  # noqa: S102
        self._source.append(source)
        return name


def conversions(schema: GraphQLSchema, field: GraphQLField) -> Mapping[str, Conversion]:
    """How the values of a field's arguments are converted for the resolver, by the name of the argument."""
    strawberry_schema: Any = schema.extensions["strawberry-definition"]
    scalars, config = strawberry_schema.schema_converter.scalar_registry, strawberry_schema.config

    def conversion(argument: StrawberryArgument) -> Conversion:
        if is_leaf_type(get_nullable_type(field.args[config.name_converter.from_argument(argument)].type)):
            return Conversion(argument.python_name, None)
        of = argument.type
        return Conversion(argument.python_name, lambda value: convert_argument(value, of, scalars, config))

    return {
        config.name_converter.from_argument(argument): conversion(argument)
        for argument in strawberry_field(field).arguments
    }


def strawberry_field(field: GraphQLField) -> StrawberryField:
    definition: StrawberryField = field.extensions["strawberry-definition"]
    return definition


def resolver_of(field: GraphQLField) -> FieldResolver | None:
    """The resolver of a field; None for a field that is an attribute of its object."""
    resolver: FieldResolver | None = strawberry_field(field).metadata.get("resolver")
    return resolver


def waits(field: GraphQLField) -> bool:
    """Whether the value of a field may not be there at once."""
    resolver = resolver_of(field)
    return resolver is not None and not resolver.is_computed


def has_variable(node: FieldNode) -> bool:
    finder = _VariableFinder()
    for argument in node.arguments or ():
        visit(argument, finder)
    return finder.has_found


class _VariableFinder(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.has_found = False

    def enter_variable(self, _node: VariableNode, *_: object) -> None:
        self.has_found = True
