import { InMemoryCache, type InMemoryCacheConfig, type TypePolicies, type TypePolicy } from "@apollo/client/cache";
import { connectionArguments, listFields, possibleTypes } from "../generated/graph-facts.js";
import { connection } from "./connections.js";
import { valuePolicies } from "./snapshots.js";

/** What Apollo's cache needs to know of the graph. Add your own policies to it, or use `riverfrontCache`. */
export const typePolicies: TypePolicies = policies();

export { possibleTypes };

/** A cache for the graph. Your own policies come on top, field by field. */
export function riverfrontCache({ typePolicies: own = {}, ...config }: InMemoryCacheConfig = {}): InMemoryCache {
  const cache = new InMemoryCache({ possibleTypes, typePolicies, ...config });
  cache.policies.addTypePolicies(own);
  return cache;
}

function policies(): TypePolicies {
  const all: Record<string, TypePolicy> = valuePolicies();
  const fieldsOf = (type: string) => ((all[type] ??= {}).fields ??= {}) as Record<string, object>;
  // The lines of a cart and other short lists are always read whole: the new list replaces the old one.
  for (const [type, names] of Object.entries(listFields)) {
    for (const name of names) fieldsOf(type)[name] = { merge: false };
  }
  for (const [coordinate, filters] of Object.entries(connectionArguments)) {
    const [type = "", name = ""] = coordinate.split(".");
    fieldsOf(type)[name] = connection(filters);
  }
  return all;
}
