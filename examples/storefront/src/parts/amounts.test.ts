import { add, type Money, subtract } from "riverfront-client/money";
import { expect, test } from "vitest";
import { type Amounts, summed } from "./amounts";

const euro = (amount: string) => ({ amount, currencyCode: "EUR", formatted: `${amount} €` });

function amounts(total: string, values: Partial<Record<keyof Amounts, string>>): Amounts {
  const known = Object.entries(values).map(([name, value]) => [name, euro(value)]);
  return { ...Object.fromEntries(known), orderTotal: euro(total) } as Amounts;
}

/** What the rows add up to. */
function sumOf({ rows }: ReturnType<typeof summed>): string {
  const sign = (isSubtracted: boolean | undefined) => (isSubtracted ? subtract : add);
  const add_ = (sum: Money, { amount, isSubtracted }: (typeof rows)[number]) => (amount ? sign(isSubtracted)(sum, amount) : sum);
  return rows.reduce(add_, { amount: "0.00", currencyCode: "EUR" }).amount;
}

const INCLUSIVE = amounts("114.00", {
  subtotal: "119.00",
  discount: "10.00",
  shippingAndHandling: "5.00",
  tax: "18.20",
  importTaxAndDuty: "0.00",
});
const EXCLUSIVE = amounts("118.10", { subtotal: "100.00", shippingAndHandling: "5.00", tax: "8.10", importTaxAndDuty: "5.00" });

test("the amounts of an order add up to its total, with the tax in the prices or beside them", () => {
  expect(sumOf(summed(INCLUSIVE))).toBe("114.00");
  expect(summed(INCLUSIVE).includedTax).toEqual(INCLUSIVE.tax);
  expect(sumOf(summed(EXCLUSIVE))).toBe("118.10");
  expect(summed(EXCLUSIVE).includedTax).toBeNull();
});

test("a cart says itself whether its prices contain the tax", () => {
  expect(summed(EXCLUSIVE, { isTaxInclusive: true }).includedTax).toEqual(EXCLUSIVE.tax);
  expect(summed(INCLUSIVE, { isTaxInclusive: false }).rows.map(({ name }) => name)).toContain("tax");
});

test("an estimate does not show what is not known yet", () => {
  const cart = { ...EXCLUSIVE, shippingAndHandling: euro("0.00"), tax: euro("0.00"), isEstimate: true };
  const later = summed(cart, { isTaxInclusive: false }).rows.filter(({ amount }) => !amount).map(({ name }) => name);
  expect(later).toEqual(["shipping", "tax"]);
  expect(summed(cart, { isTaxInclusive: true, requiresShipping: false }).rows.map(({ name }) => name)).toEqual(["subtotal", "importTax"]);
  expect(summed(cart, { isTaxInclusive: true }).includedTax).toBeNull();
});
