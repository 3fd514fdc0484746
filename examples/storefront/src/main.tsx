import type { ApolloClient } from "@apollo/client";
import { ApolloProvider } from "@apollo/client/react";
import { createRoot } from "react-dom/client";
import { createBrowserRouter } from "react-router";
import { RouterProvider } from "react-router/dom";
import { brand } from "./brand";
import { MarketsDocument } from "./market/market.generated";
import { connect } from "./graph/client";
import { type Market, marketOf, storedMarket } from "./market/choose";
import { MarketProvider } from "./market/MarketProvider";
import { reportUncaught } from "./problems/report";
import { routes } from "./routes";
import { textsFor } from "./texts";
import { en } from "./texts/en";
import "./theme/index.css";

async function start(): Promise<void> {
  const { report } = brand;
  if (report) reportUncaught(window, report);
  const client = connect();
  const market = marketOf(await readMarkets(client), storedMarket());
  // In English rather than not at all.
  const first = { market, texts: await textsFor(market.locale).catch(() => en) };
  const router = createBrowserRouter(routes);
  createRoot(document.getElementById("shop")!).render(
    <ApolloProvider client={client}>
      <MarketProvider first={first}>
        <RouterProvider router={router} {...(report && { onError: report })} />
      </MarketProvider>
    </ApolloProvider>,
  );
}

/** The markets of the shop. Null without an answer: the page then says that there is no connection, and reads them again. */
async function readMarkets(client: ApolloClient): Promise<readonly Market[] | null> {
  try {
    const { data } = await client.query({ query: MarketsDocument });
    return data.storefront?.markets ?? null;
  } catch {
    return null;
  }
}

void start();
