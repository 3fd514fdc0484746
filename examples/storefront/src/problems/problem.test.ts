import { afterEach, expect, test, vi } from "vitest";
import { AnswerHasErrors } from "riverfront-client";
import { en } from "../texts/en";
import { hasEnded, isOffline, problemOf, problemsOf } from "./problem";

const { problems } = en;
const answer = (extensions: object) => new AnswerHasErrors([{ message: "For a developer.", extensions }]);

vi.stubGlobal("navigator", { onLine: true });
afterEach(() => vi.stubGlobal("navigator", { onLine: true }));

test("without an answer, the shopper reads about the connection", () => {
  expect(problemOf(new TypeError("Failed to fetch"), en).message).toBe(problems.offline);
  expect(problemOf(new Error("A defect."), en).message).toBe(problems.failed);
  vi.stubGlobal("navigator", { onLine: false });
  expect(isOffline(new Error("any"))).toBe(true);
});

test("the gateway's message for the shopper comes first, never the one for developers", () => {
  const error = answer({ code: "RATE_LIMITED", shopperMessage: "Please wait.", supportReference: "r-1" });
  expect(problemOf(error, en)).toEqual({ message: "Please wait.", code: "RATE_LIMITED", reference: "r-1" });
  expect(problemOf(answer({ code: "UPSTREAM_UNAVAILABLE" }), en).message).toBe(problems.failed);
});

test("an ended session is known by its code", () => {
  expect(hasEnded(answer({ code: "SESSION_EXPIRED" }))).toBe(true);
  expect(hasEnded(answer({ code: "CART_BUSY" }))).toBe(false);
  expect(problemOf(answer({ code: "SESSION_REQUIRED" }), en).message).toBe(problems.sessionEnded);
});

test("errors of a payload keep their path, for the field that they are about", () => {
  const error = { code: "INVALID_INPUT", message: "x", shopperMessage: null, path: ["input", "email"], retry: "FIX_THEN_RETRY" };
  expect(problemsOf([error], en)).toEqual([{ message: problems.refused, code: "INVALID_INPUT", path: ["input", "email"] }]);
});
