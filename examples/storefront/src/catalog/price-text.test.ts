import { expect, test } from "vitest";
import { en } from "../texts/en";
import { priceText } from "./price-text";

test("what costs nothing reads as free", () => {
  expect(priceText({ amount: "0.00", currencyCode: "USD", formatted: "$0.00" }, en)).toBe("Free");
  expect(priceText({ amount: "0.50", currencyCode: "USD", formatted: "$0.50" }, en)).toBe("$0.50");
});
