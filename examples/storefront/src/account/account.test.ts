import { expect, test } from "vitest";
import { en } from "../texts/en";
import { addCardPaths, setupOf } from "./add-card";
import { cartMessages } from "./cart-messages";
import { choosable, isCardUnchanged } from "./contract-card";
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

test("the drop-in of the account has no payment session, and stores what it makes", () => {
  const billingAddress = { firstName: "Ada" };
  const setup = setupOf({ usage: "SUBSCRIPTION", billingAddress }, "Save");
  expect(setup).not.toHaveProperty("sessionId");
  expect(setup.billingAddress).toBe(billingAddress);
  expect(setup.options).toMatchObject({ flow: "managePaymentMethods", usage: "subscription" });
  expect(setup.options.button).toEqual({ type: "custom", buttonText: "Save" });
});

test("the pages of a new card differ in what they come back to", () => {
  expect(addCardPaths.forPurchases).toBe("/account/cards/new");
  expect(addCardPaths.forSubscriptions).toBe("/account/cards/new?for=subscriptions");
});

test("a subscription moves to a card that is valid and another one", () => {
  const options = [
    { id: "a", isExpired: false },
    { id: "b", isExpired: true },
    { id: "c", isExpired: false },
  ];
  expect(choosable(options, { id: "a" }).map(({ id }) => id)).toEqual(["c"]);
  expect(choosable(options, null).map(({ id }) => id)).toEqual(["a", "c"]);
});

test("only a refusal says for certain that the card has not changed", () => {
  expect(isCardUnchanged([{ message: "x", code: "CONTRACT_CHANGE_NOT_ALLOWED" }])).toBe(true);
  expect(isCardUnchanged([{ message: "x", code: "UPSTREAM_UNAVAILABLE" }])).toBe(false);
  expect(isCardUnchanged([{ message: "No connection." }])).toBe(false);
  expect(isCardUnchanged([])).toBe(false);
});
