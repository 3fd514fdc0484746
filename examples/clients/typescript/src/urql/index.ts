import { type Exchange, makeOperation, type Operation } from "@urql/core";
import { map, pipe } from "wonka";
import { changedFields, privateFields } from "../generated/graph-facts.js";
import { rootFields } from "../root-fields.js";

export { graphcacheOptions } from "./graphcache.js";

/**
 * Place it before `cacheExchange`. After a mutation, the queries that show what it has changed are read again.
 *
 * urql's document cache recognises these queries by the type names in their answers, and an answer without a cart has
 * none: after the first `addCartLines`, or after an order, the page would go on showing the old state.
 */
export const riverfrontExchange: Exchange =
  ({ forward }) =>
  (operations) =>
    forward(pipe(operations, map(marked)));

/** Query by root field: a name that stands for everything that the field shows. */
const nameOf = (field: string) => `Query.${field}`;

function marked(operation: Operation): Operation {
  if (operation.kind !== "query" && operation.kind !== "mutation") return operation;
  const names = rootFields(operation.query).flatMap(({ name }) => {
    if (operation.kind === "mutation") return (changedFields[name] ?? []).map(nameOf);
    return privateFields.includes(name) ? [nameOf(name)] : [];
  });
  if (!names.length) return operation;
  const additionalTypenames = [...new Set([...(operation.context.additionalTypenames ?? []), ...names])];
  return makeOperation(operation.kind, operation, { ...operation.context, additionalTypenames });
}
