import { expect, test } from "vitest";
import { AnswerHasErrors, Refused, Unreachable } from "riverfront-client";
import { en } from "../texts/en";
import { hasEnded, isTemporary, problemsOf } from "./problem";

const { problems } = en;
const answer = (extensions: object) => new AnswerHasErrors([{ message: "For a developer.", extensions }]);

const lost = new Unreachable(new TypeError("Failed to fetch"));

test("without an answer, the shopper reads about the connection", () => {
  for (const error of [lost, new Error("The link has failed.", { cause: lost })]) {
    expect(problemsOf(error, en)[0].message).toBe(problems.offline);
  }
});

test("a fault of the page is not blamed on the connection", () => {
  for (const error of [new TypeError("Cannot read properties of null"), new Error("A defect."), null]) {
    expect(problemsOf(error, en)[0].message).toBe(problems.failed);
  }
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

test("what was not refused may be accepted later", () => {
  const busy = { ...refused("CART_BUSY"), retry: "RETRY" };
  for (const error of [lost, answer({ code: "RATE_LIMITED" }), new Refused([busy])]) expect(isTemporary(error)).toBe(true);
  const final = [new Refused([busy, refused("SOURCE_NOT_FOUND")]), answer({ code: "SESSION_EXPIRED" })];
  for (const error of final) expect(isTemporary(error)).toBe(false);
});
