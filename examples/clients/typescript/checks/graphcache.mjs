// What urql shows with Graphcache to a guest who adds a product, and what it warns of. Prints JSON.
// Argument: URL of the gateway. It is no TypeScript, so that the package compiles without Graphcache.
import { Client, fetchExchange, gql } from "@urql/core";
import { cacheExchange } from "@urql/exchange-graphcache";
import { bearerSession, memoryStorage, newKey, riverfrontFetch } from "riverfront-client";
import { graphcacheOptions } from "riverfront-client/urql";

const [gateway] = process.argv.slice(2);
const warnings = [];
console.warn = (message) => warnings.push(message);

const client = new Client({
  url: `${gateway}/graphql`,
  fetch: riverfrontFetch({ client: "my-shop", session: bearerSession(memoryStorage()) }),
  preferGetMethod: false,
  exchanges: [cacheExchange(graphcacheOptions()), fetchExchange],
});
const CART = gql`
  query {
    cart {
      id
      totalQuantity
      totals { orderTotal { amount } }
      lines { id quantity product { id name pricing { salePrice { formatted } } } }
      readiness { blockers { __typename ...Blocker } }
    }
    products(first: 20) { nodes { id name kind isPurchasable } pageInfo { endCursor } }
  }
  fragment Blocker on CheckoutBlocker { code message }
`;
const ADD = gql`
  mutation ($key: UUID!, $id: ID!) {
    addCartLines(input: { idempotencyKey: $key, delivery: BEARER, lines: [{ product: { id: $id } }] }) {
      bearerToken
      errors { code message path retry }
    }
  }
`;

const quantities = [];
let blockers = [];
let noticed;
const isShown = new Promise((resolve) => (noticed = resolve));
const watched = client.query(CART, {}).subscribe(({ data, stale }) => {
  if (!data || stale) return;
  quantities.push(data.cart?.totalQuantity ?? null);
  if (data.cart) noticed(blockers = data.cart.readiness.blockers);
});
const { data } = await client.query(CART, {});
const { id } = data.products.nodes.find(({ kind, isPurchasable }) => kind === "PHYSICAL" && isPurchasable);
const added = await client.mutation(ADD, { key: newKey(), id });
if (added.error) throw added.error;
await isShown;
watched.unsubscribe();
console.log(JSON.stringify({ quantities, codes: blockers.map(({ code }) => code), warnings }));
