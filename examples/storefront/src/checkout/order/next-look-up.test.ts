import { expect, test } from "vitest";
import { nextLookUpIn } from "./next-look-up";

const now = Date.parse("2026-01-31T12:00:00Z");
const hour = 3_600_000;

test("an order in doubt is looked up when the gateway knows more", () => {
  expect(nextLookUpIn(now + 10_000, now)).toBe(10_000);
});

test("without a later time, it is looked up every four seconds", () => {
  for (const checkAfter of [0, now, now + 3_999]) expect(nextLookUpIn(checkAfter, now)).toBe(4_000);
});

test("a device whose clock is wrong by hours waits half a minute at most", () => {
  expect(nextLookUpIn(now + 30_001, now)).toBe(30_000);
  expect(nextLookUpIn(now, now - hour)).toBe(30_000);
  expect(nextLookUpIn(now, now + hour)).toBe(4_000);
});
