import assert from "node:assert/strict";
import { test } from "node:test";
import { accepted, adviceOf, AnswerHasErrors, answerErrors, Refused, retrying } from "riverfront-client";

const payload = (...advice: string[]) => ({ errors: advice.map((retry) => ({ code: "", message: "", retry })) });
const wait = async () => {};

/** Calls with these payloads, one after the other. Returns how many calls were made, and the payload of the last. */
async function calls(...payloads: ({ errors: { retry: string; retryAfter?: string }[] } | Error)[]) {
  let made = 0;
  const call = async () => {
    const next = payloads[made++];
    if (!next || next instanceof Error) throw next;
    return next as ReturnType<typeof payload>;
  };
  const last = await retrying(call, { wait }).catch((error: unknown) => error);
  return { made, last };
}

test("a mutation is repeated as often as its advice and the limit say", async () => {
  assert.equal((await calls(payload("RETRY"), payload())).made, 2);
  const busy = payload("RETRY");
  assert.deepEqual(await calls(busy, busy, busy, payload()), { made: 3, last: busy });
});

test("other advice is left to the storefront", async () => {
  for (const advice of ["DO_NOT_RETRY", "FIX_THEN_RETRY", "READ_STATE_FIRST", "A_LATER_ADVICE"]) {
    assert.equal((await calls(payload(advice), payload())).made, 1, advice);
  }
  assert.equal(adviceOf(payload("RETRY", "READ_STATE_FIRST").errors), "READ_STATE_FIRST");
});

test("a call that throws refusals is repeated like one that returns them", async () => {
  let made = 0;
  const call = async () => accepted(payload(...(made++ ? [] : ["RETRY"])));
  assert.deepEqual(await retrying(call, { wait }), payload());
  assert.equal(made, 2);
  const refused = async () => accepted(payload("FIX_THEN_RETRY"));
  await assert.rejects(retrying(refused, { wait }), Refused);
  assert.equal(answerErrors(await refused().catch((error: unknown) => error)), null, "they are no errors of an answer");
});

test("advice of a later version is not overheard beside RETRY", () => {
  assert.equal(adviceOf(payload("RETRY", "A_LATER_ADVICE").errors), null);
  assert.equal(adviceOf(payload("A_LATER_ADVICE", "READ_STATE_FIRST").errors), "READ_STATE_FIRST");
});

test("a limit that ends after the patience of a page is left to the shopper", async () => {
  const retryAfter = new Date(Date.now() + 60_000).toISOString();
  assert.equal((await calls({ errors: [{ retry: "RETRY", retryAfter }] }, payload())).made, 1);
});

test("an answer with errors is repeated if nothing was changed, and thrown otherwise", async () => {
  const answered = (code: string) => new AnswerHasErrors([{ message: "", extensions: { code } }]);
  assert.equal((await calls(answered("CART_BUSY"), payload())).made, 2);
  const promoted = (retry: string) =>
    new AnswerHasErrors([{ message: "", extensions: { code: "STORE_UNAVAILABLE", retry } }]);
  assert.equal((await calls(promoted("RETRY"), payload())).made, 2);
  assert.equal((await calls(promoted("READ_STATE_FIRST"), payload())).made, 1);
  const timeout = answered("UPSTREAM_TIMEOUT");
  assert.deepEqual(await calls(timeout, payload()), { made: 1, last: timeout });
  const lost = new TypeError("Failed to fetch");
  assert.deepEqual(await calls(lost, payload()), { made: 1, last: lost });
});
