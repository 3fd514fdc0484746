import type { Session } from "riverfront-client";
import type { Shop } from "./shop.js";

/** The clients by name. Each is loaded only if it is chosen. */
export const CLIENTS: Record<string, () => Promise<{ connect(url: string, session: Session): Shop }>> = {
  apollo: () => import("./clients/apollo.js"),
  "apollo-persisted": () => import("./clients/apollo-persisted.js"),
  fetch: () => import("./clients/fetch.js"),
  gateway: () => import("./clients/gateway.js"),
  "graphql-request": () => import("./clients/graphql-request.js"),
  relay: () => import("./clients/relay.js"),
  urql: () => import("./clients/urql.js"),
  "urql-persisted": () => import("./clients/urql-persisted.js"),
};
