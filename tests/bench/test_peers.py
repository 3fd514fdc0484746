"""The peers of the bench serve a part of the gateway's graph."""

from decimal import Decimal
from pathlib import Path

from graphql import GraphQLEnumType, GraphQLObjectType, build_schema, parse, validate

from bench.peers.answers import LooseOperation, numbers
from schema.build import build

PEERS = Path(__file__).parents[2] / "bench" / "peers"


def test_graph_of_peers_is_a_part_of_the_gateways() -> None:
    ours, theirs = build().core, build_schema((PEERS / "schema.graphql").read_text())
    assert validate(theirs, parse((PEERS / "checkout.graphql").read_text())) == []
    for name, kind in theirs.type_map.items():
        if name.startswith("__"):
            continue
        counterpart = ours.type_map[name]
        if isinstance(kind, GraphQLObjectType):
            assert isinstance(counterpart, GraphQLObjectType)
            fields = {field: str(counterpart.fields[field].type) for field in kind.fields}
            assert fields == {field: str(value.type) for field, value in kind.fields.items()}
        elif isinstance(kind, GraphQLEnumType):
            assert isinstance(counterpart, GraphQLEnumType)
            assert kind.values.keys() == counterpart.values.keys()


def test_peers_may_write_strings_as_numbers_but_nothing_else() -> None:
    operation = LooseOperation("", "", expected={"amount": "80.10", "is": True, "name": "x"})
    assert list(operation.differences({"amount": 80.1, "is": True, "name": "x"})) == []
    assert list(operation.differences({"amount": 80.2, "is": True, "name": "x"})) != []
    assert list(operation.differences({"amount": 80.1, "is": 1, "name": "x"})) != []
    assert numbers(["1", 1.0, None]) == [Decimal(1), Decimal(1), None]
