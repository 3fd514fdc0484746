"""The tax identifiers that a cart may have, as described in the JSON schema that Digital River sends."""

from msgspec import field

from gateway.enums import CustomerType
from gateway.upstream.decoding import Int32, OneOrMany, Shape, many


class TaxIdentifierField(Shape, frozen=True, kw_only=True):
    key: str
    label: str
    help: str | None
    patterns: list[str]


class TaxIdentifierRequirement(Shape, frozen=True, kw_only=True):
    customer_type: CustomerType
    minimum_count: Int32
    fields: list[TaxIdentifierField]


class SchemaNode(Shape, frozen=True, kw_only=True, rename="camel"):
    """A node of the JSON schema for tax identifiers."""

    ref: str | None = field(name="$ref", default=None)
    title: str | None = None
    description: str | None = None
    enum: list[str] = []
    pattern: str | None = None
    min_items: Int32 | None = None
    items: "OneOrMany[SchemaNode]" = []
    any_of: "list[SchemaNode]" = []
    one_of: "list[SchemaNode]" = []
    properties: "dict[str, SchemaNode]" = {}
    definitions: "dict[str, SchemaNode]" = {}


def tax_requirements(schema: SchemaNode) -> list[TaxIdentifierRequirement]:
    """Tax identifier requirements, one for each customer type that can have tax identifiers."""
    requirements = []
    for branch in schema.one_of or [schema]:
        kind = branch.properties.get("customerType")
        identifiers = branch.properties.get("taxRegistrations")
        if kind is None or identifiers is None or not kind.enum:
            continue
        nodes = [node for item in many(identifiers.items) for node in (item.any_of or item.one_of or [item])]
        fields = [field for node in nodes if (field := _tax_field(node, schema.definitions)) is not None]
        requirements.append(
            TaxIdentifierRequirement(
                customer_type=CustomerType(kind.enum[0]), minimum_count=identifiers.min_items or 0, fields=fields
            )
        )
    return requirements


def _tax_field(node: SchemaNode, definitions: dict[str, SchemaNode]) -> TaxIdentifierField | None:
    definition = definitions.get((node.ref or "").rpartition("/")[2], node)
    key, value = definition.properties.get("key"), definition.properties.get("value")
    if key is None or value is None or not key.enum:
        return None
    alternatives = [value, *value.any_of, *value.one_of]
    return TaxIdentifierField(
        key=key.enum[0],
        label=value.title or key.enum[0],
        help=value.description,
        patterns=[node.pattern for node in alternatives if node.pattern],
    )
