import { expect, test } from "vitest";
import { guarded, type PageStorage } from "./storage";

const full: PageStorage = {
  getItem: () => "old",
  setItem: () => {
    throw new DOMException("There is no room.", "QuotaExceededError");
  },
  removeItem: () => undefined,
};

test("a storage that is blocked is replaced by memory", () => {
  const storage = guarded(() => {
    throw new DOMException("Access is denied.", "SecurityError");
  });
  expect(storage.getItem("name")).toBe(null);
  storage.setItem("name", "value");
  expect(storage.getItem("name")).toBe("value");
  storage.removeItem("name");
  expect(storage.getItem("name")).toBe(null);
});

test("what a full storage does not take is newer than what it has", () => {
  const storage = guarded(() => full);
  storage.setItem("name", "new");
  expect(storage.getItem("name")).toBe("new");
});
