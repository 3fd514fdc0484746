import { expect, test } from "vitest";
import { count, facetsOf, filtersOf, parameterOf, parametersOf, searchOf } from "./filters";

const none = filtersOf(new URLSearchParams());

test("filters survive the way through the address", () => {
  const form = new FormData();
  form.append("min", " 12,50 ");
  form.append("max", "");
  form.append("in-stock", "on");
  form.append(parameterOf("color"), "Graphite");
  form.append(parameterOf("color"), "Glacier");
  const filters = filtersOf(parametersOf(new URLSearchParams(), form));
  expect(filters).toEqual({
    sort: null,
    minimum: "12.50",
    maximum: "",
    inStockOnly: true,
    attributes: [{ name: "color", values: ["Graphite", "Glacier"] }],
  });
  expect(count(filters)).toBe(4);
});

test("filters replace each other, but neither the words nor the order", () => {
  const form = new FormData();
  form.append("max", "20");
  const list = new URLSearchParams("q=red+map&min=10&sort=NAME_ASCENDING&in-stock=yes&shown=24");
  expect(parametersOf(list, form).toString()).toBe("q=red+map&sort=NAME_ASCENDING&max=20");
});

test("what is no price and no order is ignored", () => {
  expect(filtersOf(new URLSearchParams("min=cheap&max=-3&sort=RATING"))).toEqual(none);
});

test("filters are sent with words or a category only", () => {
  const filters = { ...none, inStockOnly: true };
  expect(searchOf({}, filters)).toBeNull();
  expect(searchOf({ text: "watch" }, filters)).toEqual({ text: "watch", inStockOnly: true });
  expect(searchOf({ categoryId: "1" }, { ...none, maximum: "5" })).toEqual({
    categoryId: "1",
    priceRange: { minimum: null, maximum: "5" },
  });
});

test("a chosen value stays among the facets when no listed product has it", () => {
  const listed = [{ variationAttributes: [{ name: "color", displayName: "Color", values: ["Graphite"] }] }];
  const filters = { ...none, attributes: [{ name: "color", values: ["Glacier"] }, { name: "size", values: ["L"] }] };
  expect(facetsOf(listed, filters)).toEqual([
    { name: "color", displayName: "Color", values: ["Glacier", "Graphite"] },
    { name: "size", displayName: "size", values: ["L"] },
  ]);
});
