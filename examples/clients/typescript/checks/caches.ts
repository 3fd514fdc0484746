// What Apollo Client and urql show from their caches to a guest who compares two markets and buys. Prints JSON.
// Arguments: URL of the gateway, URL of the sandbox.
import { gql } from "@apollo/client";
import { bearerSession, memoryStorage, Orders, type Session } from "riverfront-client";
import { shopWith as shopOfApollo } from "../pages/clients/apollo.js";
import { shopWith as shopOfUrql } from "../pages/clients/urql.js";
import { buy } from "../pages/purchase.js";
import { connect as connectApollo } from "../pages/setup/apollo.js";
import { connect as connectUrql } from "../pages/setup/urql.js";
import type { Shop } from "../pages/shop.js";

const [gateway = "", sandbox = ""] = process.argv.slice(2);
const url = `${gateway}/graphql`;

const PRICES = gql`
  query Prices($locale: Locale, $currency: CurrencyCode) @inContext(locale: $locale, currencyCode: $currency) {
    products(first: 2) {
      nodes {
        ...ProductPrice
      }
    }
  }
  fragment ProductPrice on Product {
    id
    name
    pricing {
      salePrice {
        formatted
      }
    }
  }
`;
const QUANTITY = gql`
  query Quantity {
    cart {
      id
      totalQuantity
    }
  }
`;
const MARKETS = [
  { locale: "en-US", currency: "USD" },
  { locale: "de-DE", currency: "EUR" },
];

type Quantity = number | null;
type CartAnswer = { cart?: { totalQuantity: number } | null };

/** The quantities that a page shows, from the first answer to the empty cart after the order. */
class Shown {
  readonly quantities: Quantity[] = [];
  readonly untilBought: Promise<void>;
  #bought = () => {};

  constructor() {
    this.untilBought = new Promise((resolve) => (this.#bought = resolve));
  }

  show({ cart }: CartAnswer): void {
    const quantity = cart?.totalQuantity ?? null;
    if (quantity !== this.quantities.at(-1)) this.quantities.push(quantity);
    if (!quantity && this.quantities.length > 1) this.#bought();
  }
}

/** Counts what is sent, as the network panel of a browser does. */
class CountedSession implements Session {
  readonly #session = bearerSession(memoryStorage());
  readonly credentials = this.#session.credentials;
  readonly learn = this.#session.learn;
  readonly mayBeginWith = this.#session.mayBeginWith;
  readonly alone = this.#session.alone;
  sent = 0;

  headers(): Promise<Record<string, string>> {
    this.sent++;
    return this.#session.headers();
  }
}

async function purchase(shop: Shop): Promise<void> {
  const outcome = await buy(shop, new Orders(shop.orders, memoryStorage()), { sandbox, delivery: "BEARER" });
  if (outcome.kind !== "known") throw new Error(JSON.stringify(outcome));
}

async function withApollo() {
  const session = new CountedSession();
  const client = connectApollo(url, session);
  const markets = [];
  for (const variables of [...MARKETS, ...MARKETS]) {
    markets.push((await client.query({ query: PRICES, variables })).data);
  }
  const { sent } = session;
  const shown = new Shown();
  const watched = client.watchQuery<CartAnswer>({ query: QUANTITY }).subscribe(({ data, dataState, loading }) => {
    if (dataState === "complete" && !loading) shown.show(data);
  });
  await client.query({ query: QUANTITY });
  await purchase(shopOfApollo(client));
  await shown.untilBought;
  watched.unsubscribe();
  client.stop();
  return { markets, sent, quantities: shown.quantities };
}

async function withUrql() {
  const session = new CountedSession();
  const client = connectUrql(url, session);
  const markets = [];
  for (const variables of [...MARKETS, ...MARKETS]) markets.push((await client.query(PRICES, variables)).data);
  const { sent } = session;
  const shown = new Shown();
  const watched = client.query<CartAnswer>(QUANTITY, {}).subscribe(({ data, stale }) => {
    if (data && !stale) shown.show(data);
  });
  await client.query(QUANTITY, {});
  await purchase(shopOfUrql(client));
  await shown.untilBought;
  watched.unsubscribe();
  return { markets, sent, quantities: shown.quantities };
}

console.log(JSON.stringify({ apollo: await withApollo(), urql: await withUrql() }));
