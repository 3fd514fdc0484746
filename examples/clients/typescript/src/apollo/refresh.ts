import type { InMemoryCache } from "@apollo/client/cache";
import { ApolloLink } from "@apollo/client/link";
import { Kind } from "graphql";
import { tap } from "rxjs";
import { changedFields } from "../generated/graph-facts.js";

/** Types whose objects a change of the cart outdates, in the fields that the mutation does not return. */
const OF_A_CART = ["Cart", "PaymentSession"];

/**
 * After a mutation, forgets what it has outdated: the queries that are shown read again what its payload did not return.
 * Without it, a placed order leaves the bought cart on the page, and a sign-in the guest's data.
 */
export function refreshLink(cache: InMemoryCache): ApolloLink {
  return new ApolloLink((operation, forward) => {
    const names = mutationsOf(operation.query);
    if (!names.size) return forward(operation);
    return forward(operation).pipe(
      tap(({ data }) => {
        for (const [responseName, payload] of Object.entries(data ?? {})) {
          const changed = changedFields[names.get(responseName) ?? ""];
          if (changed && payload) forget(cache, changed, payload as { cart?: { __typename?: string; id?: string } | null });
        }
      }),
    );
  });
}

/** Names of the root fields of a mutation, by their names in the answer. */
function mutationsOf(document: ApolloLink.Operation["query"]): Map<string, string> {
  const operations = document.definitions.filter((node) => node.kind === Kind.OPERATION_DEFINITION);
  const fields = operations
    .filter(({ operation }) => operation === "mutation")
    .flatMap(({ selectionSet }) => selectionSet.selections)
    .filter((node) => node.kind === Kind.FIELD);
  return new Map(fields.map(({ alias, name }) => [(alias ?? name).value, name.value]));
}

/** Forgets fields of the query in one batch, and the parts of a cart that the payload does not return. Watched queries look at the cache again in the next task, after the payload is written. */
export function forget(cache: InMemoryCache, changed: readonly string[], payload: { cart?: object | null } = {}): void {
  const stored = cache.extract();
  const known = (stored.ROOT_QUERY?.["cart"] as { __ref?: string } | null | undefined)?.__ref;
  const isSameCart = payload.cart != null && cache.identify({ ...payload.cart }) === known;
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
