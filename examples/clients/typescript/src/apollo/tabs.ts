import type { InMemoryCache } from "@apollo/client/cache";
import { ApolloLink } from "@apollo/client/link";
import { tap } from "rxjs";
import { changedFields } from "../generated/graph-facts.js";
import { isQuery, rootFields } from "../root-fields.js";
import { forget } from "./refresh.js";

/**
 * After a mutation, other tabs of the shop read again what it has changed: they show the cart, the sign-in and the market
 * of this one. Only names of fields go from tab to tab.
 */
export function tabsLink(cache: InMemoryCache, name = "riverfront.changes"): ApolloLink {
  const channel: BroadcastChannel & { unref?(): void } = new BroadcastChannel(name);
  channel.unref?.(); // In Node, an open channel would keep the program running.
  channel.addEventListener("message", ({ data }: MessageEvent<readonly string[]>) => forget(cache, data));
  return new ApolloLink((operation, forward) => {
    if (isQuery(operation.query)) return forward(operation);
    const changed = [...new Set(rootFields(operation.query).flatMap(({ name: field }) => changedFields[field] ?? []))];
    // A mutation that fails, or whose answer is lost, may have made its change.
    return forward(operation).pipe(tap({ complete: () => channel.postMessage(changed), error: () => channel.postMessage(changed) }));
  });
}
