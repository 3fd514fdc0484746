import assert from "node:assert/strict";
import { test } from "node:test";
import { ApolloClient, gql } from "@apollo/client";
import { ApolloLink } from "@apollo/client/link";
import { type DocumentNode } from "graphql";
import { Observable } from "rxjs";
import { publicByGetLink, riverfrontCache, tabsLink } from "riverfront-client/apollo";

/** A client whose answers are given, with the method by which each operation was sent. */
function clientWith(data: Record<string, unknown>, links: (cache: ReturnType<typeof riverfrontCache>) => ApolloLink[]) {
  const methods: (string | undefined)[] = [];
  const cache = riverfrontCache();
  const answering = new ApolloLink((operation) => {
    methods.push(operation.getContext()["fetchOptions"]?.method);
    return new Observable((observer) => {
      observer.next({ data });
      observer.complete();
    });
  });
  return { client: new ApolloClient({ cache, link: ApolloLink.from([...links(cache), answering]) }), cache, methods };
}

const documents: [DocumentNode, string | undefined][] = [
  [gql`{ products(first: 1) { totalCount } }`, "GET"],
  [gql`fragment F on Query { categories { id } } query { __typename ...F }`, "GET"],
  [gql`{ products(first: 1) { totalCount } cart { id } }`, undefined],
  [gql`fragment G on Query { cart { id } } query { ... on Query { categories { id } } ...G }`, undefined],
  [gql`{ node(id: "1") { id } }`, undefined],
];

test("only queries of public fields alone go by GET", async () => {
  const { client, methods } = clientWith({}, () => [publicByGetLink()]);
  for (const [query] of documents) await client.query({ query, fetchPolicy: "no-cache" });
  assert.deepEqual(methods, documents.map(([, method]) => method));
});

test("a mutation is never sent by GET", async () => {
  const { client, methods } = clientWith({}, () => [publicByGetLink()]);
  await client.mutate({ mutation: gql`mutation { signOut { signedOut } }`, fetchPolicy: "no-cache" });
  assert.deepEqual(methods, [undefined]);
});

test("another tab forgets what a mutation has changed, and nothing else", async () => {
  const query = gql`{ cart { id totalQuantity } products(first: 1) { totalCount } }`;
  const products = { __typename: "ProductConnection", totalCount: 3 };
  const shown = { cart: { __typename: "Cart", id: "1", totalQuantity: 1 }, products };
  const name = `test-${process.pid}`;
  const here = clientWith({ addCartLines: { __typename: "AddCartLinesPayload", errors: [] } }, (cache) => [tabsLink(cache, name)]);
  const there = clientWith({}, (cache) => [tabsLink(cache, name)]);
  there.cache.writeQuery({ query, data: shown });
  const forgotten = new Promise<void>((resolve) => {
    there.cache.watch({ query, optimistic: false, callback: ({ complete }) => !complete && resolve() });
  });
  await here.client.mutate({ mutation: gql`mutation { addCartLines(input: { lines: [] }) { errors { code } } }` });
  // An open channel does not keep Node running.
  const running = setInterval(() => {}, 1_000);
  await forgotten.finally(() => clearInterval(running));
  assert.equal(there.cache.readQuery({ query: gql`{ cart { id } }` }), null);
  assert.deepEqual(there.cache.readQuery({ query: gql`{ products(first: 1) { totalCount } }` }), { products });
});
