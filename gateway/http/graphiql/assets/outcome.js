// What an answer means for the one who played the step.
import { valueAt } from "./answers.js";

const FAILED = ["OrderBlocked", "OrderNotPlaced", "OrderInDoubt"];

export function outcomeOf({ errors = [], data }) {
  if (errors.length > 0) {
    return { isGood: false, message: errors[0].message };
  }
  const refusals = Object.values(data ?? {}).flatMap((payload) => payload?.errors ?? []);
  if (refusals.length > 0) {
    return { isGood: false, message: `${refusals[0].code}: ${refusals[0].message}` };
  }
  const result = valueAt(data, "result.__typename");
  if (FAILED.includes(result)) {
    return { isGood: false, message: `${result}: ${valueAt(data, "result.message")}` };
  }
  return { isGood: true, message: result ?? "" };
}
