import { expect, test } from "vitest";
import { productPath, slug } from "./paths";

test("the words of an address are letters and digits of any script", () => {
  expect(slug("Trailhead 28L – Daypack!")).toBe("trailhead-28l-daypack");
  expect(slug("アウトドア 時計")).toBe("アウトドア-時計");
  expect(productPath({ upstreamId: "54/01", name: "A & B" })).toBe("/product/54%2F01/a-b");
});
