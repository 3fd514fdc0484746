import { ApolloClient } from "@apollo/client";
import { cookieSession } from "riverfront-client";
import { publicByGetLink, riverfrontApollo, riverfrontCache, tabsLink } from "riverfront-client/apollo";
import { brand } from "../brand";
import { endedSessionLink } from "./ended-session";

declare module "@apollo/client" {
  namespace ApolloClient {
    namespace DeclareDefaultOptions {
      interface WatchQuery {
        errorPolicy: "all";
      }
    }
  }
}

/** The graph has the origin of the page: the web server passes /graphql on to the gateway. */
const GRAPH = "/graphql";

export function connect(): ApolloClient {
  const cache = riverfrontCache();
  return new ApolloClient({
    ...riverfrontApollo({
      url: GRAPH,
      client: brand.client,
      session: cookieSession(),
      cache,
      links: [publicByGetLink(), tabsLink(cache), endedSessionLink(cache)],
    }),
    // A field that cannot be read is null with an error; the rest of the page is shown.
    defaultOptions: { watchQuery: { errorPolicy: "all" } },
  });
}
