"""The easiest task for a peer: the upstream's answers, with its names and types.

One graph, `upstream.graphql`, becomes the configuration of Tailcall and the supergraph of Hive Gateway. The expected
answer is graphql-core's, from the recorded bodies.
"""

import json
import re
from pathlib import Path

from graphql import build_schema, execute_sync, parse

from bench.harness.answers import Recording
from bench.peers.answers import LooseOperation
from tests.support.shop import CART, METHODS

HERE = Path(__file__).parent

GRAPH = (HERE / "upstream.graphql").read_text()

CHECKOUT = (HERE / "checkout-upstream.graphql").read_text()

CART_FIELD, METHODS_FIELD = "cart: CartAnswer", "availablePaymentMethods(sessionId: String!): MethodsAnswer"

TAILCALL_SERVER = """schema
  @server(hostname: "127.0.0.1", port: {port}, workers: 1)
  @upstream(allowedHeaders: ["authorization"]) {
  query: Query
}
"""

HIVE_DIRECTIVES = """schema
  @link(url: "https://specs.apollo.dev/link/v1.0")
  @link(url: "https://specs.apollo.dev/join/v0.3", for: EXECUTION)
  @link(
    url: "https://the-guild.dev/graphql/mesh/spec/v1.0"
    import: ["@httpOperation", "@transport", "@extraSchemaDefinitionDirective"]
  ) {
  query: Query
}

directive @link(url: String, as: String, for: link__Purpose, import: [link__Import]) repeatable on SCHEMA
directive @join__graph(name: String!, url: String!) on ENUM_VALUE
directive @join__type(graph: join__Graph!) repeatable on OBJECT | SCALAR | ENUM
directive @join__enumValue(graph: join__Graph!) repeatable on ENUM_VALUE
directive @extraSchemaDefinitionDirective(directives: Directives) repeatable on OBJECT
directive @httpOperation(
  subgraph: String
  path: String
  operationSpecificHeaders: [[String]]
  httpMethod: HTTPMethod
  queryParamArgMap: Map
) repeatable on FIELD_DEFINITION
directive @transport(subgraph: String, kind: String, location: String, headers: [[String]]) repeatable on SCHEMA

scalar link__Import
scalar Directives @join__type(graph: COMMERCE)
scalar Map @join__type(graph: COMMERCE)
enum link__Purpose { SECURITY EXECUTION }
enum join__Graph { COMMERCE @join__graph(name: "Commerce", url: "{upstream}") }
enum HTTPMethod @join__type(graph: COMMERCE) { GET @join__enumValue(graph: COMMERCE) }
"""

HIVE_TRANSPORT = """@extraSchemaDefinitionDirective(
  directives: {
    transport: [
      {
        subgraph: "Commerce"
        kind: "rest"
        location: "{upstream}"
        headers: [["authorization", "{context.headers.authorization}"]]
      }
    ]
  }
)"""


def tailcall_configuration() -> str:
    cart = f'{CART_FIELD} @http(url: "{{upstream}}{CART}?expand=all", dedupe: true)'
    methods_url = f"{{upstream}}{METHODS}?sessionId={{{{.args.sessionId}}}}&locale=en_US"
    methods = f'{METHODS_FIELD} @http(url: "{methods_url}")'
    return TAILCALL_SERVER + GRAPH.replace(CART_FIELD, cart).replace(METHODS_FIELD, methods)


def hive_supergraph() -> str:
    def call(path: str, more: str = "") -> str:
        return f'@httpOperation(subgraph: "Commerce", path: "{path}", httpMethod: GET{more})'

    argument = r', queryParamArgMap: "{\"sessionId\":\"sessionId\"}"'
    graph = re.sub(r"^type (\w+) {$", r"type \1 @join__type(graph: COMMERCE) {", GRAPH, flags=re.MULTILINE)
    graph = graph.replace("type Query ", f"type Query {HIVE_TRANSPORT} ")
    graph = graph.replace(CART_FIELD, f"{CART_FIELD} {call(f'{CART}?expand=all')}")
    return HIVE_DIRECTIVES + graph.replace(METHODS_FIELD, f"{METHODS_FIELD} {call(METHODS, argument)}")


def checkout(recording: Recording) -> LooseOperation:
    cart, methods = (json.loads(recording.answers[f"GET {path}"].body) for path in (CART, METHODS))
    variables = {"sessionId": cart["cart"]["paymentSession"]["id"]}
    root = {"cart": cart, "availablePaymentMethods": methods}
    result = execute_sync(build_schema(GRAPH), parse(CHECKOUT), root, variable_values=variables)
    assert result.errors is None, result.errors
    return LooseOperation("Checkout", CHECKOUT, variables, {"data": result.data})
