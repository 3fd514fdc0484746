import assert from "node:assert/strict";
import { test } from "node:test";
import { add, compare, format, isZero, moneyInput, subtract, times } from "riverfront-client/money";

const usd = (amount: string) => ({ amount, currencyCode: "USD" });

test("amounts that a float would round stay exact", () => {
  assert.deepEqual(add(usd("0.1"), usd("0.2")), usd("0.3"));
  assert.deepEqual(add(usd("90071992547409.91"), usd("0.01")), usd("90071992547409.92"));
  assert.deepEqual(times(usd("1.005"), 3), usd("3.015"));
});

test("differences may be negative", () => {
  assert.deepEqual(subtract(usd("80.10"), usd("96.69")), usd("-16.59"));
  assert.deepEqual(subtract(usd("0"), usd("0.05")), usd("-0.05"));
});

test("trailing zeros do not matter for equality", () => {
  assert.equal(compare(usd("80.1"), usd("80.10")), 0);
  assert.ok(compare(usd("9.99"), usd("10")) < 0);
  assert.ok(isZero(usd("0.00")));
});

test("two currencies and numbers are refused", () => {
  assert.throws(() => add(usd("1"), { amount: "1", currencyCode: "EUR" }), RangeError);
  assert.throws(() => isZero(usd("1e3")), RangeError);
});

test("an amount is formatted in a locale", () => {
  assert.equal(format(usd("1234.5"), "en-US"), "$1,234.50");
  assert.equal(format({ amount: "1180", currencyCode: "JPY" }, "en-US"), "¥1,180");
});

test("the input of a mutation has only amount and currency", () => {
  const money = { ...usd("1"), formatted: "$1.00", __typename: "Money" };
  assert.deepEqual(moneyInput(money), usd("1"));
});
