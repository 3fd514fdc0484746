import { AnswerHasErrors, Unreachable } from "riverfront-client";
import { expect, test } from "vitest";
import { en } from "../../texts/en";
import { stageOfFailure } from "./stage";

const { checkout } = en;

/** What the shopper reads about an order that was not sent. */
function read(error: unknown): unknown[] {
  const stage = stageOfFailure(error);
  if (stage.kind !== "ready") return [stage.kind];
  const { title, details = [], text, reference } = stage.notice ?? {};
  return [title?.(checkout), ...details, text?.(checkout), reference];
}

const answer = (extensions: object) => new AnswerHasErrors([{ message: "For a developer.", extensions }]);

test("the gateway says itself why it took no order", () => {
  const limited = answer({ code: "RATE_LIMITED", shopperMessage: "Please wait.", supportReference: "r-1" });
  expect(read(limited)).toEqual([checkout.refused, "Please wait.", checkout.nothingOrdered, "r-1"]);
  expect(read(answer({ code: "INTERNAL_ERROR" }))).toEqual([checkout.refused, checkout.ourFault, undefined]);
});

test("only a lost request is blamed on the connection", () => {
  expect(read(new Unreachable(new TypeError("Failed to fetch")))).toContain(checkout.failed);
  for (const error of [new TypeError("A defect."), new DOMException("The storage is full.", "QuotaExceededError")]) {
    expect(read(error)).toEqual([checkout.refused, checkout.ourFault, undefined]);
  }
});
