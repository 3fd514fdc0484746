import type { InMemoryCache } from "@apollo/client/cache";
import { ApolloLink } from "@apollo/client/link";
import { tap } from "rxjs";
import { changedFields } from "../generated/graph-facts.js";
import { isQuery, rootFields } from "../root-fields.js";

/** Types whose objects a change of the cart outdates, in the fields that the mutation does not return. */
const OF_A_CART = ["Cart", "PaymentSession"];

interface Payload {
  cart?: { __typename?: string; id?: string } | null;
}

/**
 * After a mutation, forgets what it has outdated: the queries that are shown read again what its payload did not return.
 * Without it, a placed order leaves the bought cart on the page, and a sign-in the guest's data. A mutation that fails,
 * or whose answer is lost, may have made its change.
 */
export function refreshLink(cache: InMemoryCache): ApolloLink {
  return new ApolloLink((operation, forward) => {
    if (isQuery(operation.query)) return forward(operation);
    const refresh = (data: Record<string, unknown>) => {
      for (const { name, responseName } of rootFields(operation.query)) {
        const changed = changedFields[name];
        if (changed) forget(cache, changed, (data[responseName] ?? {}) as Payload);
      }
    };
    return forward(operation).pipe(tap({ next: ({ data }) => refresh(data ?? {}), error: () => refresh({}) }));
  });
}

/** Forgets all that belongs to the shopper, whose session has ended. Queries that are shown read again what is left. */
export function forgetShopper(cache: InMemoryCache): void {
  forget(cache, changedFields["signOut"] ?? []);
}

/**
 * Forgets fields of the query in one batch, and the parts of a cart that the payload does not return. Watched queries
 * look at the cache again in the next task, after the payload is written.
 */
export function forget(cache: InMemoryCache, changed: readonly string[], { cart }: Payload = {}): void {
  const stored = cache.extract();
  const known = (stored.ROOT_QUERY?.["cart"] as { __ref?: string } | null | undefined)?.__ref;
  const isSameCart = cart != null && cache.identify({ ...cart }) === known;
  cache.batch({
    update() {
      for (const fieldName of changed) {
        if (fieldName !== "cart" || !isSameCart) cache.evict({ id: "ROOT_QUERY", fieldName });
      }
      if (!changed.includes("cart")) return;
      for (const id of Object.keys(stored)) {
        if (OF_A_CART.includes(id.split(":", 1)[0] ?? "")) cache.evict({ id });
      }
    },
  });
}
