import { expect, test } from "vitest";
import type { VariationPartsFragment } from "./product.generated";
import { quantities } from "./quantities";
import { areTold, firstVariation, isAvailable, variationWith } from "./variation";

const color = { name: "color", displayName: "Color", values: ["Red", "Blue"] };
const size = { name: "size", displayName: "Size", values: ["S", "L"] };
const inStock = { isInStock: true, availableQuantity: 3, allowsBackorder: false, expectedInStockDate: null, message: null };

function variation(upstreamId: string, values: Record<string, string>, isInStock = true): VariationPartsFragment {
  return {
    id: upstreamId,
    upstreamId,
    name: upstreamId,
    isPurchasable: true,
    minimumQuantity: null,
    maximumQuantity: null,
    images: [],
    pricing: null,
    inventory: { ...inStock, isInStock },
    customAttributes: Object.entries(values).map(([name, value]) => ({ name, value })),
  };
}

const redS = variation("1", { color: "Red", size: "S" }, false);
const redL = variation("2", { color: "Red", size: "L" });
const blueL = variation("3", { color: "Blue", size: "L" });
const all = [redS, redL, blueL];

test("the first variation is the one in the address, otherwise one that is in stock", () => {
  expect(firstVariation(all, "3")).toBe(blueL);
  expect(firstVariation(all, "unknown")).toBe(redL);
  expect(firstVariation([redS], null)).toBe(redS);
  expect(firstVariation([], null)).toBeNull();
});

test("another value keeps the other attributes if a variation has them", () => {
  const chosen = { color: "Red", size: "L" };
  expect(variationWith(all, [color, size], chosen, "color", "Blue")).toBe(blueL);
  expect(variationWith(all, [color, size], { color: "Blue", size: "L" }, "size", "S")).toBe(redS);
});

test("variations with the same values are chosen by name", () => {
  expect(areTold(all, [color, size])).toBe(true);
  expect(areTold(all, [color])).toBe(false);
  expect(areTold(all, [])).toBe(false);
});

test("without an answer about the stock a product can be ordered", () => {
  expect(isAvailable({ isPurchasable: true, inventory: null })).toBe(true);
  expect(isAvailable(redS)).toBe(false);
});

test("quantities follow the limits of the product and its stock", () => {
  const free = { minimumQuantity: null, maximumQuantity: null, inventory: null };
  expect(quantities(free)).toHaveLength(10);
  expect(quantities({ ...free, maximumQuantity: 3 })).toEqual([1, 2, 3]);
  expect(quantities({ ...free, inventory: inStock })).toEqual([1, 2, 3]);
  expect(quantities({ ...free, inventory: { ...inStock, allowsBackorder: true } })).toHaveLength(10);
  expect(quantities({ ...free, minimumQuantity: 5, maximumQuantity: 6 })).toEqual([5, 6]);
  expect(quantities({ ...free, inventory: { ...inStock, availableQuantity: 0 } })).toEqual([1]);
});
