import type { ApolloClient } from "@apollo/client";
import { ApolloProvider } from "@apollo/client/react";
import { createRoot } from "react-dom/client";
import { createBrowserRouter } from "react-router";
import { RouterProvider } from "react-router/dom";
import { MarketsDocument } from "./market/market.generated";
import { connect } from "./graph/client";
import { chosenMarket, type Market, shownMarket, storedMarket } from "./market/choose";
import { MarketProvider } from "./market/MarketProvider";
import { routes } from "./routes";
import { textsFor } from "./texts";
import { en } from "./texts/en";
import "./theme/index.css";

async function start(): Promise<void> {
  const client = connect();
  const markets = await readMarkets(client);
  const market = chosenMarket(markets, storedMarket(), navigator.languages);
  // In English rather than not at all.
  const first = { market, texts: await textsFor(market.locale).catch(() => en) };
  const router = createBrowserRouter(routes);
  createRoot(document.getElementById("shop")!).render(
    <ApolloProvider client={client}>
      <MarketProvider first={first} markets={markets}>
        <RouterProvider router={router} />
      </MarketProvider>
    </ApolloProvider>,
  );
}

/** The markets of the shop. Without an answer, the one chosen last: the page then says that there is no connection. */
async function readMarkets(client: ApolloClient): Promise<readonly Market[]> {
  try {
    const { data } = await client.query({ query: MarketsDocument });
    return data.storefront?.markets ?? [];
  } catch {
    return [shownMarket()];
  }
}

void start();
