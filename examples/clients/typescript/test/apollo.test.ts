import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { ApolloClient, ApolloLink, gql } from "@apollo/client";
import { print } from "graphql";
import { refreshLink, riverfrontCache } from "riverfront-client/apollo";
import { of, throwError } from "rxjs";
import { marked, unmarked } from "../src/apollo/in-context.js";

const SESSION = gql`
  query ($amount: Boolean!, $formatted: Boolean!) {
    paymentSession {
      id
      nextAction {
        ... on CollectSourceAction {
          amountDue {
            amount @include(if: $amount)
            formatted @include(if: $formatted)
          }
        }
        ... on SubmitOrderAction {
          cartRevision
        }
      }
    }
  }
`;
const both = { amount: true, formatted: true };
const session = (nextAction: object) => ({
  paymentSession: { __typename: "PaymentSession", id: "1", nextAction },
});
const collect = (amountDue: object) =>
  session({ __typename: "CollectSourceAction", amountDue: { __typename: "Money", ...amountDue } });

/** Runs a task and returns what it has written to the console. */
function consoleOf(task: () => void): unknown[] {
  const writers = (["error", "warn"] as const).map((name) => mock.method(console, name, () => {}));
  try {
    task();
    return writers.flatMap(({ mock: { calls } }) => calls.map((call) => call.arguments));
  } finally {
    writers.forEach((writer) => writer.mock.restore());
  }
}

test("readings of the same amount complete each other", () => {
  const cache = riverfrontCache();
  cache.writeQuery({ query: SESSION, variables: both, data: collect({ amount: "9", formatted: "$9.00" }) });
  const variables = { amount: true, formatted: false };
  assert.deepEqual(consoleOf(() => cache.writeQuery({ query: SESSION, variables, data: collect({ amount: "9" }) })), []);
  assert.deepEqual(cache.readQuery({ query: SESSION, variables: both }), collect({ amount: "9", formatted: "$9.00" }));
});

test("an outdated formatted amount does not stand beside a new amount", () => {
  const cache = riverfrontCache();
  cache.writeQuery({ query: SESSION, variables: both, data: collect({ amount: "9", formatted: "$9.00" }) });
  const variables = { amount: true, formatted: false };
  assert.deepEqual(consoleOf(() => cache.writeQuery({ query: SESSION, variables, data: collect({ amount: "7" }) })), []);
  assert.equal(cache.readQuery({ query: SESSION, variables: both }), null);
});

test("another next action replaces the old one without a warning", () => {
  const cache = riverfrontCache();
  const ready = session({ __typename: "SubmitOrderAction", cartRevision: "r2" });
  cache.writeQuery({ query: SESSION, variables: both, data: collect({ amount: "9", formatted: "$9.00" }) });
  assert.deepEqual(consoleOf(() => cache.writeQuery({ query: SESSION, variables: both, data: ready })), []);
  assert.deepEqual(cache.readQuery({ query: SESSION, variables: both }), ready);
});

test("a removed line leaves the cart without a warning", () => {
  const cache = riverfrontCache();
  const query = gql`
    query {
      cart {
        id
        lines {
          id
        }
        shippingOptions {
          id
          isSelected
        }
      }
    }
  `;
  const cart = (lines: string[]) => ({
    cart: {
      __typename: "Cart",
      id: "1",
      lines: lines.map((id) => ({ __typename: "CartLine", id })),
      shippingOptions: lines.map((id) => ({ __typename: "ShippingOption", id, isSelected: true })),
    },
  });
  cache.writeQuery({ query, data: cart(["a", "b"]) });
  assert.deepEqual(consoleOf(() => cache.writeQuery({ query, data: cart(["b"]) })), []);
  assert.deepEqual(cache.readQuery({ query }), cart(["b"]));
  assert.deepEqual(Object.keys(cache.extract()).filter((id) => id.startsWith("Shipping")), [], "its id is the cart's own");
});

test("pages of a list are joined, and lists in two markets are kept apart", () => {
  const cache = riverfrontCache();
  const query = gql`
    query ($after: String, $search: ProductSearchInput) {
      products(first: 1, after: $after, search: $search) {
        nodes {
          id
        }
        pageInfo {
          startCursor
          endCursor
          hasNextPage
        }
      }
    }
  `;
  const page = (ids: string[], startCursor: string, endCursor: string, hasNextPage: boolean) => ({
    products: {
      __typename: "ProductConnection",
      nodes: ids.map((id) => ({ __typename: "Product", id })),
      pageInfo: { __typename: "PageInfo", startCursor, endCursor, hasNextPage },
    },
  });
  cache.writeQuery({ query, data: page(["1"], "a", "b", true) });
  cache.writeQuery({ query, variables: { after: "b" }, data: page(["2"], "c", "d", false) });
  assert.deepEqual(cache.readQuery({ query }), page(["1", "2"], "a", "d", false));
  cache.writeQuery({ query, variables: { after: "b" }, data: page(["2"], "c", "d", false) });
  assert.deepEqual(cache.readQuery({ query }), page(["1", "2"], "a", "d", false), "read twice");
  assert.equal(cache.readQuery({ query, variables: { search: { text: "tent" } } }), null);
  cache.writeQuery({ query, data: page(["3"], "e", "f", false) });
  assert.deepEqual(cache.readQuery({ query }), page(["3"], "e", "f", false), "read anew from the start");
});

test("pages of a list in a market are joined, whose fields are marked", () => {
  const cache = riverfrontCache();
  const query = marked(gql`
    query ($after: String) @inContext(locale: "de-DE", currencyCode: "EUR") {
      products(first: 1, after: $after) {
        nodes {
          id
        }
        pageInfo {
          startCursor
          endCursor
        }
      }
    }
  `);
  const page = (ids: string[], startCursor: string, endCursor: string) => ({
    products: {
      __typename: "ProductConnection",
      nodes: ids.map((id) => ({ __typename: "Product", id })),
      pageInfo: { __typename: "PageInfo", startCursor, endCursor },
    },
  });
  cache.writeQuery({ query, data: page(["1"], "a", "b") });
  for (let time = 1; time <= 2; time++) cache.writeQuery({ query, variables: { after: "b" }, data: page(["2"], "c", "d") });
  assert.deepEqual(cache.readQuery({ query }), page(["1", "2"], "a", "d"));
});

test("fragments of interfaces are read with the possible types", () => {
  const cache = riverfrontCache();
  const query = gql`
    query {
      orderSubmission {
        result {
          ...Outcome
        }
      }
    }
    fragment Outcome on SubmitOrderResult {
      message
    }
  `;
  const result = { __typename: "OrderPlaced", message: "The order is placed." };
  const data = { orderSubmission: { __typename: "SubmissionAttempt", result } };
  cache.writeQuery({ query, data });
  assert.deepEqual(cache.readQuery({ query }), data);
});

test("a mutation without a payload may have changed the cart, and is read again", async () => {
  const query = gql`
    query {
      cart {
        id
      }
      node(id: "1") {
        id
      }
    }
  `;
  const data = { cart: { __typename: "Cart", id: "1" }, node: { __typename: "Order", id: "1" } };
  const change = gql`
    mutation {
      ...Changes
    }
    fragment Changes on Mutation {
      applyOffer(input: { offer: { couponCode: "A" } }) {
        errors {
          code
        }
      }
    }
  `;
  const answer = { data: { applyOffer: null }, errors: [{ message: "UPSTREAM_TIMEOUT" }] };
  for (const failure of [() => throwError(() => new TypeError("Failed to fetch")), () => of(answer)]) {
    const cache = riverfrontCache();
    cache.writeQuery({ query, data });
    const client = new ApolloClient({ cache, link: ApolloLink.from([refreshLink(cache), new ApolloLink(failure)]) });
    await assert.rejects(client.mutate({ mutation: change }));
    assert.deepEqual(Object.keys(cache.extract().ROOT_QUERY ?? {}), ["__typename", 'node({"id":"1"})']);
    await assert.rejects(client.mutate({ mutation: gql("mutation { signOut { signedOut } }") }));
    assert.deepEqual(Object.keys(cache.extract().ROOT_QUERY ?? {}), ["__typename"], "nothing of the last shopper is kept");
    client.stop();
  }
});

const IN_CONTEXT = gql`
  query ($locale: Locale) @inContext(locale: $locale) {
    product(by: { id: "1" }) {
      ...Card
    }
    cart {
      lines {
        product {
          ...Card
        }
      }
      ...Total
    }
  }
  fragment Card on Product {
    name
    pricing {
      ...Price
    }
  }
  fragment Price on ProductPricing {
    salePrice {
      formatted
    }
  }
  fragment Total on Cart {
    totalQuantity
  }
`;

test("the context is at the fields of the catalog, not at those of the cart", () => {
  const printed = print(marked(IN_CONTEXT));
  assert.match(printed, /product\(.*\) @inContext\(locale: \$locale\) \{\n {4}\.\.\.Card__inContext/);
  assert.match(printed, /fragment Card__inContext on Product \{\n {2}name @inContext\(locale: \$locale\)/);
  assert.match(printed, /formatted @inContext\(locale: \$locale\)/);
  assert.match(printed, /fragment Card on Product \{\n {2}name\n/);
  assert.match(printed, / {2}totalQuantity\n/);
});

test("the gateway receives the operation as it was written", () => {
  assert.equal(print(unmarked(marked(IN_CONTEXT))), print(IN_CONTEXT));
  const catalog = gql`
    query @inContext(locale: "de-DE") {
      products(first: 1) {
        nodes {
          ...Name
        }
      }
    }
    fragment Name on Product {
      name
    }
  `;
  assert.equal(print(unmarked(marked(catalog))), print(catalog), "hashes of persisted documents stay");
});

test("an operation without a context is left alone", () => {
  assert.equal(marked(SESSION), SESSION);
});
