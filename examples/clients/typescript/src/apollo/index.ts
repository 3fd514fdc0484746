import type { ApolloClient } from "@apollo/client";
import type { InMemoryCache } from "@apollo/client/cache";
import { ApolloLink } from "@apollo/client/link";
import { HttpLink } from "@apollo/client/link/http";
import { type Connection, riverfrontFetch } from "../fetch.js";
import { riverfrontCache } from "./cache.js";
import { inContextLink, inContextTransform } from "./in-context.js";
import { refreshLink } from "./refresh.js";

export { connection } from "./connections.js";
export { possibleTypes, riverfrontCache, typePolicies } from "./cache.js";
export { inContextLink, inContextTransform, refreshLink };
export { mergeSnapshot } from "./snapshots.js";

export interface ApolloSetup extends Connection {
  /** URL of the gateway, with `/graphql`. */
  url: string;
  /** Your own cache, made with `riverfrontCache`. */
  cache?: InMemoryCache;
}

/** Options of an `ApolloClient` for the graph. Add others to them, or put your own links before `link`. */
export function riverfrontApollo({ url, cache = riverfrontCache(), ...connection }: ApolloSetup) {
  return {
    cache,
    documentTransform: inContextTransform(),
    link: ApolloLink.from([
      refreshLink(cache),
      inContextLink(),
      new HttpLink({ uri: url, fetch: riverfrontFetch(connection) }),
    ]),
  } satisfies ApolloClient.Options;
}
