import { expect, test } from "vitest";
import { addressLines, shownFields } from "./form";

const ada = { firstName: "Ada", lastName: "Lovelace" };
const tokyo = { line1: "丸の内1-1", city: "千代田区", countrySubdivision: "東京都", postalCode: "100-0005", countryCode: "JP" };

test("an address is written as its country writes it", () => {
  const minnetonka = { line1: "10 Bren Road", city: "Minnetonka", countrySubdivision: "MN", postalCode: "55343", countryCode: "US" };
  expect(addressLines({ ...ada, ...minnetonka }, "en-US").slice(2)).toEqual(["Minnetonka, MN 55343", "United States"]);
  const cologne = { line1: "Uferweg 1", city: "Köln", postalCode: "50667", countryCode: "DE" };
  expect(addressLines({ ...ada, ...cologne }, "de-DE")).toEqual(["Ada Lovelace", "Uferweg 1", "50667 Köln", "Deutschland"]);
});

test("a Japanese address begins with its largest part in Japanese only", () => {
  const person = { firstName: "花子", lastName: "山田" };
  const written = ["100-0005", "東京都千代田区丸の内1-1", "山田 花子", "日本"];
  expect(addressLines({ ...person, ...tokyo }, "ja-JP")).toEqual(written);
  expect(addressLines({ ...ada, ...tokyo }, "en-US")[0]).toBe("Ada Lovelace");
});

test("a third line is shown where the country needs it, or where it is in use", () => {
  const field = (name: string) => ({ name, label: "", isRequired: false, isUpperCase: false, examples: [] });
  const names = (values: { countryCode: string; line3?: string }) =>
    shownFields([field("line1"), field("line3")], values).map(({ name }) => name);
  expect(names({ countryCode: "US" })).toEqual(["line1"]);
  expect(names({ countryCode: "GB" })).toEqual(["line1", "line3"]);
  expect(names({ countryCode: "US", line3: "Dock 4" })).toEqual(["line1", "line3"]);
});
