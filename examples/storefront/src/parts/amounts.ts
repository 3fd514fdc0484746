import { add, compare, isZero, type Money, subtract } from "riverfront-client/money";

type Amount = (Money & { formatted: string }) | null | undefined;

/** The amounts of a cart or an order. */
export interface Amounts {
  isEstimate?: boolean;
  subtotal?: Amount;
  discount?: Amount;
  shippingAndHandling?: Amount;
  tax?: Amount;
  importTaxAndDuty?: Amount;
  orderTotal?: Amount;
}

export interface Known {
  /** Whether the prices contain the tax. An order does not say so: its amounts do. */
  isTaxInclusive?: boolean;
  requiresShipping?: boolean;
}

/** One amount of the sum. */
export interface Row {
  name: "subtotal" | "discount" | "shipping" | "tax" | "importTax";
  /** Null if it is known later, once the address is. */
  amount: Amount;
  isSubtracted?: boolean;
}

/** The rows that add up to the total, and the tax that is contained in them. */
export function summed(amounts: Amounts, { isTaxInclusive, requiresShipping = true }: Known = {}) {
  const { isEstimate = false, subtotal, discount, shippingAndHandling, tax, importTaxAndDuty } = amounts;
  const isIncluded = isTaxInclusive ?? containsTax(amounts);
  const rows: Row[] = [{ name: "subtotal", amount: subtotal }];
  if (isCharged(discount)) rows.push({ name: "discount", amount: discount, isSubtracted: true });
  // Until the address is known, both are zero because they are not known.
  if (requiresShipping || isCharged(shippingAndHandling)) rows.push({ name: "shipping", amount: isEstimate ? null : shippingAndHandling });
  if (!isIncluded) rows.push({ name: "tax", amount: isEstimate ? null : tax });
  if (isCharged(importTaxAndDuty)) rows.push({ name: "importTax", amount: importTaxAndDuty });
  return { rows, includedTax: isIncluded && isCharged(tax) ? tax : null };
}

/** Whether the other amounts are the whole total. */
function containsTax({ isEstimate, subtotal, discount, shippingAndHandling, importTaxAndDuty, tax, orderTotal }: Amounts): boolean {
  if (isEstimate || !subtotal || !orderTotal || !isCharged(tax)) return false;
  const added = [shippingAndHandling, importTaxAndDuty].reduce<Money>((sum, each) => (each ? add(sum, each) : sum), subtotal);
  return compare(discount ? subtract(added, discount) : added, orderTotal) === 0;
}

function isCharged(amount: Amount): amount is Money & { formatted: string } {
  return amount != null && !isZero(amount);
}
