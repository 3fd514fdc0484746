import assert from "node:assert/strict";
import { test } from "node:test";
import { Client, gql, type Operation } from "@urql/core";
import { riverfrontExchange } from "riverfront-client/urql";
import { filter, map, pipe } from "wonka";

/** The type names by which the document cache connects an operation with others. */
async function typeNames(kind: "query" | "mutation", source: string): Promise<string[]> {
  const operations: Operation[] = [];
  const client = new Client({
    url: "https://gateway.example/graphql",
    preferGetMethod: false,
    exchanges: [
      riverfrontExchange,
      () => (sent) =>
        pipe(
          sent,
          filter((operation) => operation.kind !== "teardown"),
          map((operation) => {
            operations.push(operation);
            return { operation, data: {}, stale: false, hasNext: false };
          }),
        ),
    ],
  });
  await (kind === "query" ? client.query(gql(source), {}) : client.mutation(gql(source), {}));
  return operations[0]?.context.additionalTypenames ?? [];
}

test("a cart that is null is read again after a change of the cart", async () => {
  const shown = await typeNames("query", "query { ...Q } fragment Q on Query { mine: cart { id } products(first: 1) { totalCount } }");
  assert.deepEqual(shown, ["Query.cart"]);
  const changed = await typeNames("mutation", "mutation { addCartLines(input: { lines: [] }) { errors { code } } }");
  assert.ok(changed.includes("Query.cart") && changed.includes("Query.checkoutReadiness"));
  assert.ok(!changed.includes("Query.shopper"));
});

test("a sign-out changes everything private", async () => {
  const changed = await typeNames("mutation", "mutation { signOut { signedOut } }");
  assert.ok(["Query.cart", "Query.session", "Query.shopper", "Query.order"].every((name) => changed.includes(name)));
});

test("queries of the catalog and lookups of orders change nothing", async () => {
  assert.deepEqual(await typeNames("query", "query { products(first: 1) { totalCount } }"), []);
  assert.deepEqual(await typeNames("mutation", "mutation { lookupOrder(input: {}) { order { id } } }"), []);
});
