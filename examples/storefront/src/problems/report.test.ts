import { expect, test } from "vitest";
import { reportUncaught } from "./report";

test("errors that no page has caught are reported", () => {
  const page = new EventTarget();
  const errors: unknown[] = [];
  reportUncaught(page, (error) => errors.push(error));
  page.dispatchEvent(Object.assign(new Event("error"), { error: "crash" }));
  page.dispatchEvent(Object.assign(new Event("unhandledrejection"), { reason: "rejection" }));
  expect(errors).toEqual(["crash", "rejection"]);
});
