import type { ApolloClient } from "@apollo/client";
import type { InMemoryCache } from "@apollo/client/cache";
import { ApolloLink } from "@apollo/client/link";
import { HttpLink } from "@apollo/client/link/http";
import { type Connection, riverfrontFetch } from "../fetch.js";
import { riverfrontCache } from "./cache.js";
import { inContextLink, inContextTransform } from "./in-context.js";
import { publicByGetLink } from "./public-by-get.js";
import { forgetShopper, refreshLink } from "./refresh.js";
import { tabsLink } from "./tabs.js";

export { connection } from "./connections.js";
export { possibleTypes, riverfrontCache, typePolicies } from "./cache.js";
export { forgetShopper, inContextLink, inContextTransform, publicByGetLink, refreshLink, tabsLink };
export { mergeSnapshot } from "./snapshots.js";

export interface ApolloSetup extends Connection {
  /** URL of the gateway, with `/graphql`. */
  url: string;
  /** Your own cache, made with `riverfrontCache`. */
  cache?: InMemoryCache;
  /** Links of your own, between the cache and the network, such as one for persisted queries. */
  links?: ApolloLink[];
}

/** Options of an `ApolloClient` for the graph. */
export function riverfrontApollo({ url, cache = riverfrontCache(), links = [], ...connection }: ApolloSetup) {
  return {
    cache,
    documentTransform: inContextTransform(),
    link: ApolloLink.from([
      refreshLink(cache),
      inContextLink(),
      ...links,
      new HttpLink({ uri: url, fetch: riverfrontFetch(connection) }),
    ]),
  } satisfies ApolloClient.Options;
}
