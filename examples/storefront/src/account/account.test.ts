import { expect, test } from "vitest";
import { en } from "../texts/en";
import { cartMessages } from "./cart-messages";
import { nextPage } from "./next-page";

test("a sign-in leads to pages of the shop only", () => {
  expect(nextPage("/checkout?step=2")).toBe("/checkout?step=2");
  for (const foreign of ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)", "", null]) {
    expect(nextPage(foreign)).toBe("/account");
  }
});

test("the shopper reads what became of the cart", () => {
  const transition = { quantityBefore: 1, quantityAfter: 3 } as const;
  expect(cartMessages({ ...transition, outcome: "KEPT" }, [], en)).toEqual([]);
  expect(cartMessages({ ...transition, outcome: "MERGED" }, [], en)).toEqual([en.account.cartMerged(2)]);
  expect(cartMessages({ ...transition, outcome: "CHANGED" }, [{ shopperMessage: "Sold out." }], en)).toEqual(["Sold out."]);
  expect(cartMessages({ ...transition, outcome: "CHANGED" }, [], en)).toEqual([en.account.cartChanged]);
  expect(cartMessages(null, [{ shopperMessage: null }], en)).toEqual([]);
});
