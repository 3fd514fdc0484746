"""Random valid operations of the graph, with random arguments, variables, fragments and flags.

Each operation is made from its number, so that one operation can be made again.
"""

import json
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLSchema,
    get_named_type,
    is_abstract_type,
    is_leaf_type,
    is_required_argument,
    is_required_input_field,
)

from gateway.upstream.ids import global_id
from tests.support.shop import PACK, POLES, SOFTWARE, WATCH

MAX_DEPTH = 6

TEXTS: Mapping[str, list[str]] = {
    "String": ["", "a", "back", "CrossSell_ProductDetail", "creditCard", "SPRING20", PACK],
    "Locale": ["en-US", "de-DE", "ja-JP", "no"],
    "CurrencyCode": ["USD", "EUR", "JPY", "XXX"],
    "CountryCode": ["US", "DE", "BR"],
    "Decimal": ["1.00", "118.01", "0"],
    "EmailAddress": ["ada@example.com"],
    "Date": ["2026-01-31"],
    "DateTime": ["2026-01-31T00:00:00Z"],
    "UUID": ["00000000-0000-4000-8000-000000000000", "00000000-0000-4000-8000-000000000001"],
    "URL": ["https://shop.example/a"],
    "CartRevision": ["abc"],
    "SchemaCoordinate": ["Cart"],
}
"""Valid values of scalars."""

IDS = [
    *(global_id("Product", product) for product in (PACK, POLES, WATCH, SOFTWARE, "1")),
    *(global_id("Category", "58785600"), global_id("Cart", "active"), global_id("Offer", "1"), "x", ""),
]

KNOWN = ["lineId", "cartId", "sourceId", "orderId", "addressId", "optionId", "sessionId"]
"""Names of ids that only the shopper knows. Their values are read before the operation."""

RARE, SOMETIMES, OFTEN = 0.08, 0.25, 0.6


@dataclass
class RandomOperation:
    document: str
    variables: dict[str, Any]
    """Values of the variables. The value `{"known": name}` stands for an id of `KNOWN`."""


@dataclass
class Generator:
    schema: GraphQLSchema
    number: int
    declared: dict[str, str] = field(default_factory=dict)
    """Types of the variables."""
    variables: dict[str, Any] = field(default_factory=dict)
    fragments: dict[str, str] = field(default_factory=dict)
    arguments: dict[str, str] = field(default_factory=dict)
    """Arguments by coordinate: a field has the same arguments everywhere, so that its selections can be merged."""

    def __post_init__(self) -> None:
        self.random = random.Random(self.number)  # noqa: S311 - no secret

    def operation(self) -> RandomOperation:
        is_mutation = self.random.random() < SOMETIMES
        root = self.schema.mutation_type if is_mutation else self.schema.query_type
        assert root is not None
        names = self.random.sample(sorted(root.fields), self.random.choice([1, 1, 2, 3]))
        selected = " ".join(self.field(root, name, 0) for name in names)
        if self.random.random() < RARE:
            selected += " __typename"
        kind = "mutation" if is_mutation else "query"
        market = "" if is_mutation else self.random.choice(["", "", '@inContext(locale: "de-DE")'])
        declared = ", ".join(f"${name}: {of}" for name, of in self.declared.items())
        head = f"{kind} Random{f'({declared})' if declared else ''} {market}"
        return RandomOperation("\n".join([f"{head} {{ {selected} }}", *self.fragments.values()]), self.variables)

    def field(self, parent: GraphQLNamedType, name: str, depth: int) -> str:
        definition: GraphQLField = parent.fields[name]  # type: ignore[attr-defined]  # it has fields
        coordinate = f"{parent.name}.{name}"
        if coordinate not in self.arguments:
            self.arguments[coordinate] = self.field_arguments(definition)
        alias = f"{self.random.choice('abc')}{parent.name}{name}: " if self.random.random() < RARE else ""
        text = f"{alias}{name}{self.arguments[coordinate]} {self.flag()}"
        named = get_named_type(definition.type)
        return text if is_leaf_type(named) else f"{text} {{ {self.selection(named, depth + 1)} }}"

    def selection(self, of: GraphQLNamedType, depth: int) -> str:
        """Selections in a value of this type."""
        parts = [self.field(of, name, depth) for name in self.names(of, depth)] + ["__typename"]
        if self.random.random() < OFTEN and len(parts) > 1:
            parts.pop()
        if is_abstract_type(of):
            possible = sorted(self.schema.get_possible_types(of), key=lambda type_: type_.name)
            parts += [self.fragment(type_, depth) for type_ in self.random.sample(possible, min(3, len(possible)))]
        elif self.random.random() < SOMETIMES:
            parts.append(self.fragment(of, depth, needs_type=self.random.random() < OFTEN))
        self.random.shuffle(parts)
        return " ".join(parts)

    def names(self, of: GraphQLNamedType, depth: int) -> list[str]:
        fields: Mapping[str, GraphQLField] = getattr(of, "fields", {})
        leaves = [name for name, definition in fields.items() if is_leaf_type(get_named_type(definition.type))]
        others = [name for name in fields if name not in leaves] if depth < MAX_DEPTH else []
        chosen = self.random.sample(leaves, min(len(leaves), self.random.randint(0, 4)))
        return chosen + self.random.sample(others, min(len(others), self.random.choice([0, 1, 1, 2, 3])))

    def fragment(self, of: GraphQLNamedType, depth: int, *, needs_type: bool = True) -> str:
        name = f"Of{of.name}"
        is_named = self.random.random() < OFTEN
        if is_named and name in self.fragments:
            return f"...{name} {self.flag()}"
        fields = " ".join(self.field(of, name, depth) for name in self.names(of, depth)) or "__typename"
        if is_named and name not in self.fragments:
            self.fragments[name] = f"fragment {name} on {of.name} {{ {fields} }}"
            return f"...{name} {self.flag()}"
        return f"... {f'on {of.name}' if needs_type else ''} {self.flag()} {{ {fields} }}"

    def flag(self) -> str:
        if self.random.random() > RARE:
            return ""
        value = self.random.choice(["true", "false", ""]) or self.variable("Boolean!", self.random.random() < OFTEN)
        return f"@{self.random.choice(['skip', 'include'])}(if: {value})"

    # Arguments.

    def field_arguments(self, definition: GraphQLField) -> str:
        arguments = [
            f"{name}: {self.value(argument.type)}"
            for name, argument in definition.args.items()
            if is_required_argument(argument) or self.random.random() < SOMETIMES
        ]
        return f"({', '.join(arguments)})" if arguments else ""

    def value(self, of: GraphQLInputType) -> str:
        """A literal or a variable."""
        if self.random.random() < SOMETIMES:
            return self.variable(str(of), self.json_value(of))
        return self.literal(get_nullable(of))

    def literal(self, of: Any) -> str:
        if isinstance(of, GraphQLList):
            return f"[{', '.join(self.value(of.of_type) for _ in range(self.random.randint(0, 3)))}]"
        if isinstance(of, GraphQLInputObjectType):
            return "{" + ", ".join(f"{name}: {self.value(of_field)}" for name, of_field in self.input_fields(of)) + "}"
        value = self.json_value(of)
        if isinstance(value, dict):
            return self.variable(f"{of}!", value)
        return str(value) if isinstance(of, GraphQLEnumType) else json.dumps(value)

    def variable(self, of: str, value: Any) -> str:
        name = f"v{len(self.declared)}"
        self.declared[name], self.variables[name] = of, value
        return f"${name}"

    def json_value(self, of: GraphQLInputType) -> Any:
        if isinstance(of, GraphQLNonNull):
            return self.json_value(of.of_type)
        if isinstance(of, GraphQLList):
            return [self.json_value(of.of_type) for _ in range(self.random.randint(0, 3))]
        if isinstance(of, GraphQLInputObjectType):
            return {name: self.json_value(of_field) for name, of_field in self.input_fields(of)}
        if isinstance(of, GraphQLEnumType):
            return self.random.choice(sorted(of.values))
        if of.name == "ID":
            return self.random.choice([*IDS, *({"known": name} for name in KNOWN)])
        numbers: Any = {"Int": [0, 1, 2, 20, 100, 101], "Float": [0.5], "Boolean": [True, False]}
        return self.random.choice(numbers.get(of.name) or TEXTS[of.name])

    def input_fields(self, of: GraphQLInputObjectType) -> list[tuple[str, Any]]:
        if of.is_one_of:
            name = self.random.choice(sorted(of.fields))
            return [(name, GraphQLNonNull(get_nullable(of.fields[name].type)))]
        return [
            (name, definition.type)
            for name, definition in of.fields.items()
            if is_required_input_field(definition) or self.random.random() < SOMETIMES
        ]


def get_nullable(of: Any) -> Any:
    return of.of_type if isinstance(of, GraphQLNonNull) else of


def random_operation(schema: GraphQLSchema, number: int) -> RandomOperation:
    return Generator(schema, number).operation()
