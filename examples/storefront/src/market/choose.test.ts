import { expect, test, vi } from "vitest";
import { chosenMarket, marketOf } from "./choose";

const us = { locale: "en-US", currencyCode: "USD" };
const gb = { locale: "en-GB", currencyCode: "GBP" };
const de = { locale: "de-DE", currencyCode: "EUR" };
const markets = [us, gb, de];

test("the market chosen last comes first, while the shop has it", () => {
  expect(chosenMarket(markets, { ...gb }, ["de-DE"])).toBe(gb);
  expect(chosenMarket(markets, { locale: "fr-FR", currencyCode: "EUR" }, ["de-DE"])).toBe(de);
});

test("otherwise the browser's languages decide, also without their region", () => {
  expect(chosenMarket(markets, null, ["fr", "de-AT", "en-GB"])).toBe(de);
  expect(chosenMarket(markets, null, ["en-GB"])).toBe(gb);
  expect(chosenMarket(markets, null, ["en-AU"])).toBe(us);
});

test("otherwise the shop's default", () => {
  expect(chosenMarket(markets, null, ["fr"])).toBe(us);
});

test("without an answer, the market chosen last, otherwise the default", () => {
  vi.stubGlobal("navigator", { languages: ["de-DE"] });
  expect(marketOf(null, gb)).toEqual(gb);
  expect(marketOf(null, null)).toEqual(us);
  expect(marketOf(markets, null)).toBe(de);
});
