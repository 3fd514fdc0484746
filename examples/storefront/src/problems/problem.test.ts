import { afterEach, expect, test, vi } from "vitest";
import { AnswerHasErrors, Refused } from "riverfront-client";
import { en } from "../texts/en";
import { hasEnded, isOffline, problemsOf } from "./problem";

const { problems } = en;
const answer = (extensions: object) => new AnswerHasErrors([{ message: "For a developer.", extensions }]);

vi.stubGlobal("navigator", { onLine: true });
afterEach(() => vi.stubGlobal("navigator", { onLine: true }));

test("without an answer, the shopper reads about the connection", () => {
  expect(problemsOf(new TypeError("Failed to fetch"), en)[0].message).toBe(problems.offline);
  expect(problemsOf(new Error("A defect."), en)[0].message).toBe(problems.failed);
  vi.stubGlobal("navigator", { onLine: false });
  expect(isOffline(new Error("any"))).toBe(true);
});

test("the gateway's message for the shopper comes first, never the one for developers", () => {
  const error = answer({ code: "RATE_LIMITED", shopperMessage: "Please wait.", supportReference: "r-1" });
  expect(problemsOf(error, en)).toEqual([{ message: "Please wait.", code: "RATE_LIMITED", reference: "r-1" }]);
  expect(problemsOf(answer({ code: "UPSTREAM_UNAVAILABLE" }), en)[0].message).toBe(problems.failed);
});

test("an ended session is known by its code", () => {
  expect(hasEnded(answer({ code: "SESSION_EXPIRED" }))).toBe(true);
  expect(hasEnded(answer({ code: "CART_BUSY" }))).toBe(false);
  expect(problemsOf(answer({ code: "SESSION_REQUIRED" }), en)[0].message).toBe(problems.sessionEnded);
});

const refused = (code: string, ...path: string[]) => ({ code, message: "x", shopperMessage: null, path, retry: "FIX_THEN_RETRY" });

test("errors of a payload keep their path, for the field that they are about", () => {
  const error = new Refused([refused("INVALID_INPUT", "input", "email"), refused("CART_BUSY")]);
  expect(problemsOf(error, en)).toEqual([
    { message: problems.refused, code: "INVALID_INPUT", path: ["input", "email"] },
    { message: problems.refused, code: "CART_BUSY", path: [] },
  ]);
  expect(hasEnded(error)).toBe(false);
  expect(hasEnded(new Refused([refused("SESSION_EXPIRED")]))).toBe(true);
});
