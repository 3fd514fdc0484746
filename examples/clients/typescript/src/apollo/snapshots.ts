import type { FieldMergeFunction, TypePolicy } from "@apollo/client/cache";
import type { StoreObject } from "@apollo/client/utilities";
import { valueTypes } from "../generated/graph-facts.js";

/**
 * Merges two readings of a value, such as an amount, totals or the next action of a payment.
 *
 * A value has no id. If both readings agree wherever they overlap, they show the same state and complete each other. If
 * they differ, the older one is outdated as a whole: its other fields must not stand beside the new ones, such as an old
 * `formatted` beside a new `amount`.
 */
export const mergeSnapshot: FieldMergeFunction = (existing: unknown, incoming: unknown, { mergeObjects }) =>
  isObject(existing) && isObject(incoming) && agree(existing, incoming) ? mergeObjects(existing, incoming) : incoming;

/** Policies of all types without an id of their own. */
export function valuePolicies(): Record<string, TypePolicy> {
  return Object.fromEntries(valueTypes.map((name) => [name, { keyFields: false, merge: mergeSnapshot }]));
}

function agree(left: unknown, right: unknown): boolean {
  if (Array.isArray(left) && Array.isArray(right)) {
    return left.length === right.length && left.every((item, index) => agree(item, right[index]));
  }
  if (!isObject(left) || !isObject(right)) return left === right;
  return Object.keys(left).every((name) => !(name in right) || agree(left[name], right[name]));
}

function isObject(value: unknown): value is StoreObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
