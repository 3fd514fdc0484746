import { changedFields, possibleTypes, typesWithoutId } from "../generated/graph-facts.js";

interface Fields {
  inspectFields(entity: string): readonly { fieldKey: string; fieldName: string }[];
  invalidate(entity: string, fieldKey: string): void;
}

type Update = (payload: unknown, variables: unknown, cache: Fields) => void;

/**
 * Options of `cacheExchange` of `@urql/exchange-graphcache`: fragments on interfaces, the types without an id, and what
 * each mutation outdates. Spread them to add your own.
 *
 * Objects are kept by id, also those of the catalog: use one client for each market.
 */
export function graphcacheOptions() {
  const updates = Object.entries(changedFields).map(([mutation, fields]): [string, Update] => [
    mutation,
    (_payload, _variables, cache) => {
      for (const { fieldKey, fieldName } of cache.inspectFields("Query")) {
        if (fields.includes(fieldName)) cache.invalidate("Query", fieldKey);
      }
    },
  ]);
  return {
    possibleTypes,
    keys: Object.fromEntries(typesWithoutId.map((name) => [name, () => null])),
    updates: { Mutation: Object.fromEntries(updates) },
  };
}
