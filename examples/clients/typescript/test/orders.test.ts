import assert from "node:assert/strict";
import { mock, test } from "node:test";
import {
  AnswerHasErrors,
  bearerSession,
  Gateway,
  memoryStorage,
  type OrderCalls,
  Orders,
  type Reading,
  Refused,
  type Submitted,
  type SubmitRequest,
  SubmitRequests,
} from "riverfront-client";

interface Result {
  __typename: string;
  checkAfter?: string;
  pendingOrder?: object | null;
}

type Step<T> = T | Error;

const AGREED = { expectedTotal: { amount: "96.69", currencyCode: "USD" }, ifRevision: "r1" };
const PLACED = { __typename: "OrderPlaced" };
const lost = new TypeError("Failed to fetch");
const answered = (code: string) => new AnswerHasErrors([{ message: code, extensions: { code } }]);
const submitted = (result: Result): Submitted<Result> => ({ result, errors: [] });
const refused = (code: string, retry: string): Submitted<Result> => ({ errors: [{ code, message: code, retry }] });

/** A storefront whose calls answer as told, in this sequence, and what was called. */
function storefront(script: {
  submit?: Step<Submitted<Result>>[];
  read?: Step<Reading<Result> | null>[];
  resume?: Step<Submitted<Result>>[];
  /** The sessions of the shopper, one after the other: the last one stays. */
  sessions?: Step<string | null>[];
}) {
  const sent: SubmitRequest[] = [];
  const calls: string[] = [];
  const waits: number[] = [];
  const storage = memoryStorage();
  function next<T>(name: keyof typeof script, steps: Step<T>[] = []): Promise<T> {
    calls.push(name);
    const step = steps.shift();
    if (step === undefined) throw new assert.AssertionError({ message: `${name} was called once more` });
    return step instanceof Error ? Promise.reject(step) : Promise.resolve(step);
  }
  const operations: OrderCalls<Result> = {
    submit: (input) => (sent.push(input), next("submit", script.submit)),
    read: () => next("read", script.read),
    resume: () => next("resume", script.resume),
    startSession: async () => calls.push("startSession"),
  };
  const { sessions } = script;
  if (sessions) {
    operations.sessionId = async () => {
      const session = sessions.length > 1 ? sessions.shift() : sessions[0];
      if (session instanceof Error) throw session;
      return session;
    };
  }
  const wait = async (milliseconds: number) => void waits.push(milliseconds);
  const orders = new Orders(operations, storage, { wait, reads: 3 });
  return { orders, sent, calls, waits, storage, open: () => new SubmitRequests(storage).open() };
}

test("the request is stored before it is sent, and forgotten with its outcome", async () => {
  const shop = storefront({ submit: [submitted(PLACED)] });
  const outcome = shop.orders.submit(AGREED);
  assert.deepEqual(await outcome, { kind: "known", result: PLACED });
  assert.match(shop.sent[0]!.idempotencyKey, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.equal(await shop.open(), null);
});

test("a lost answer is repeated with the same key and the same input", async () => {
  const shop = storefront({ submit: [lost, submitted(PLACED)] });
  assert.equal((await shop.orders.submit(AGREED)).kind, "known");
  assert.deepEqual(shop.sent[0], shop.sent[1]);
});

test("without any answer the outcome is unknown, and the key is kept", async () => {
  const shop = storefront({ submit: [lost, lost, lost], read: [lost] });
  assert.deepEqual(await shop.orders.submit(AGREED), { kind: "unknown", result: null, error: lost });
  assert.equal((await shop.open())?.idempotencyKey, shop.sent[0]?.idempotencyKey);
});

test("a second submit returns the outcome of the first if that has led to an order", async () => {
  const shop = storefront({ submit: [lost, lost, lost], read: [lost, { status: "PLACED", result: PLACED }] });
  await shop.orders.submit(AGREED);
  assert.deepEqual(await shop.orders.submit(AGREED), { kind: "known", result: PLACED });
  assert.equal(shop.sent.length, 3);
});

test("a request that never arrived is followed by one with the same key", async () => {
  const shop = storefront({ submit: [lost, lost, lost, submitted(PLACED)], read: [lost, null] });
  await shop.orders.submit(AGREED);
  assert.equal((await shop.orders.submit({ ...AGREED, ifRevision: "r2" })).kind, "known");
  assert.equal(shop.sent[3]?.idempotencyKey, shop.sent[0]?.idempotencyKey);
  assert.equal(shop.sent[3]?.ifRevision, "r2");
  assert.equal(await new SubmitRequests(shop.storage).stored(), null);
});

test("only the session that sent a request learns that it has not arrived", async () => {
  const cases = [
    [["a"], { kind: "notArrived" }],
    [["a", "b"], { kind: "elsewhere", hasArrived: false }],
    [["a", null], { kind: "elsewhere", hasArrived: false }],
    [[null], { kind: "elsewhere", hasArrived: false }],
    [undefined, { kind: "elsewhere", hasArrived: false }],
  ] as const;
  for (const [sessions, outcome] of cases) {
    const read = [lost, null, null];
    const shop = storefront({ submit: [lost, lost, lost], read, ...(sessions && { sessions: [...sessions] }) });
    await shop.orders.submit(AGREED);
    assert.deepEqual(await shop.orders.recover(), outcome);
    assert.equal(await shop.open(), null);
    assert.equal(await shop.orders.recover(), null, "it is reported once");
  }
});

test("a session that sends the key of another one does not learn that it has not arrived", async () => {
  const unanswered = [lost, lost, lost];
  const shop = storefront({ submit: [...unanswered, ...unanswered], read: [lost, null, lost, null], sessions: ["a", "b"] });
  await shop.orders.submit(AGREED);
  assert.equal((await shop.orders.submit(AGREED)).kind, "unknown");
  assert.deepEqual(await shop.orders.recover(), { kind: "elsewhere", hasArrived: false });
});

test("a request that arrives late is found", async () => {
  const shop = storefront({ submit: [lost, lost, lost], read: [lost, null, { result: PLACED }], sessions: ["a"] });
  await shop.orders.submit(AGREED);
  assert.deepEqual(await shop.orders.recover(), { kind: "notArrived" });
  assert.deepEqual(await shop.orders.recover(), { kind: "known", result: PLACED });
});

test("the order of another session is bought anew only after the shopper knows of it", async () => {
  const reused = refused("IDEMPOTENCY_KEY_REUSED", "DO_NOT_RETRY");
  const shop = storefront({
    submit: [lost, lost, lost, reused, submitted(PLACED)],
    read: [lost, null, null, null],
    sessions: ["a", "b"],
  });
  await shop.orders.submit(AGREED);
  assert.deepEqual(await shop.orders.recover(), { kind: "elsewhere", hasArrived: false });
  assert.deepEqual(await shop.orders.submit(AGREED), { kind: "elsewhere", hasArrived: true });
  assert.deepEqual(await shop.orders.submit(AGREED), { kind: "known", result: PLACED });
  const keys = shop.sent.map(({ idempotencyKey }) => idempotencyKey);
  assert.equal(keys[3], keys[0]);
  assert.notEqual(keys[4], keys[0]);
});

test("a refusal after a lost answer does not say that nothing was ordered", async () => {
  for (const answer of [refused("INVALID_INPUT", "FIX_THEN_RETRY"), answered("SESSION_REQUIRED")]) {
    const shop = storefront({ submit: [lost, answer], read: [null], sessions: ["a", "b"] });
    assert.deepEqual(await shop.orders.submit(AGREED), { kind: "elsewhere", hasArrived: false });
    assert.ok(await new SubmitRequests(shop.storage).stored());
  }
});

test("a key that is sent again and refused is kept", async () => {
  const wrong = refused("INVALID_INPUT", "FIX_THEN_RETRY");
  for (const answer of [wrong, answered("BAD_USER_INPUT")]) {
    const shop = storefront({ submit: [lost, lost, lost, answer], read: [lost, null, null] });
    await shop.orders.submit(AGREED);
    await shop.orders.submit(AGREED).catch(() => {});
    const { request } = (await new SubmitRequests(shop.storage).stored())!;
    assert.equal(request.idempotencyKey, shop.sent[0]?.idempotencyKey);
  }
});

test("without a session to be read, nothing is stored and nothing sent", async () => {
  const shop = storefront({ sessions: [lost] });
  await assert.rejects(shop.orders.submit(AGREED), lost);
  assert.deepEqual(shop.calls, []);
  assert.equal(await new SubmitRequests(shop.storage).stored(), null);
});

/** Orders of a storefront whose network is silent: no call is answered, but those that are given. */
function silent(answers: Partial<OrderCalls<Result>> = {}) {
  const given: string[] = [];
  const silence = (name: string) => (...values: unknown[]) =>
    new Promise<never>((_, reject) => {
      given.push(name);
      const { signal } = values.at(-1) as { signal: AbortSignal };
      signal.addEventListener("abort", () => reject(signal.reason as Error));
    });
  const calls = { submit: silence("submit"), resume: silence("resume"), read: silence("read"), ...answers };
  return { given, orders: new Orders<Result>(calls, memoryStorage(), { wait: async () => {} }) };
}

/** Lets everything happen that waits for no timer. */
const settled = () => new Promise(setImmediate);

test("repeats and reads on a silent network are given up sooner than the first request", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { orders, given } = silent();
  const outcome = orders.submit(AGREED);
  const seen: string[][] = [];
  for (const seconds of [74, 1, 20, 20, 10]) {
    await settled();
    t.mock.timers.tick(seconds * 1_000);
    await settled();
    seen.push(given.splice(0));
  }
  assert.deepEqual(seen, [["submit"], ["submit"], ["submit"], ["read"], []]);
  assert.equal((await outcome).kind, "unknown");
});

test("a device that is online again does not wait for the answer to its old connection", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  let isSilent = true;
  const submit = (_: SubmitRequest, { signal }: { signal: AbortSignal }) => {
    if (!isSilent) return Promise.resolve(submitted(PLACED));
    return new Promise<never>((__, reject) => signal.addEventListener("abort", () => reject(signal.reason as Error)));
  };
  const sessions: (() => Promise<string>)[] = [() => new Promise<never>(() => {}), async () => "a"];
  const { orders } = silent({ submit, sessionId: () => sessions.shift()!() });
  const outcome = orders.submit(AGREED);
  await settled();
  orders.wake();
  await settled();
  isSilent = false;
  orders.wake();
  assert.deepEqual(await outcome, { kind: "known", result: PLACED });
  orders.wake();
});

test("a decline ends the request, and the next one has a new key", async () => {
  const declined = { __typename: "OrderDeclined" };
  const shop = storefront({ submit: [submitted(declined), submitted(PLACED)] });
  await shop.orders.submit(AGREED);
  await shop.orders.submit(AGREED);
  assert.notEqual(shop.sent[0]?.idempotencyKey, shop.sent[1]?.idempotencyKey);
});

test("an order in doubt is read until its outcome is known", async () => {
  const doubt = { __typename: "OrderInDoubt" };
  const shop = storefront({ submit: [submitted(doubt)], read: [{ result: doubt }, lost, { result: PLACED }] });
  assert.deepEqual(await shop.orders.submit(AGREED), { kind: "known", result: PLACED });
  assert.deepEqual(shop.waits, [1000, 1000, 1000]);
});

test("a doubt that lasts is reported, and its key is kept", async () => {
  const doubt = { __typename: "OrderInDoubt", checkAfter: new Date(Date.now() + 120_000).toISOString() };
  const shop = storefront({ submit: [submitted(doubt)] });
  assert.deepEqual(await shop.orders.submit(AGREED), { kind: "unknown", result: doubt, error: undefined });
  assert.ok(await shop.open());
});

test("after the return from the provider the order is resumed", async () => {
  const action = { __typename: "OrderActionRequired" };
  for (const status of ["ACTION_REQUIRED", "IN_DOUBT", "IN_PROGRESS"]) {
    const shop = storefront({ submit: [submitted(action)], read: [{ status }], resume: [submitted(PLACED)] });
    assert.equal((await shop.orders.submit(AGREED)).kind, "action");
    assert.deepEqual(await shop.orders.recover(), { kind: "known", result: PLACED });
    assert.equal(await shop.open(), null);
  }
});

test("after an authentication without an order the cart is submitted anew", async () => {
  const action = { __typename: "OrderActionRequired", pendingOrder: null };
  const waiting = { status: "ACTION_REQUIRED", result: action };
  const shop = storefront({
    submit: [submitted(action), submitted(PLACED)],
    read: [waiting, waiting],
    resume: [refused("NOT_RESUMABLE", "READ_STATE_FIRST")],
  });
  await shop.orders.submit(AGREED);
  assert.deepEqual(await shop.orders.submit(AGREED), { kind: "known", result: PLACED });
  assert.notEqual(shop.sent[0]?.idempotencyKey, shop.sent[1]?.idempotencyKey);
});

test("an order that waits for the shopper is not submitted anew", async () => {
  const action = { __typename: "OrderActionRequired", pendingOrder: { id: "1" } };
  const waiting = { status: "ACTION_REQUIRED", result: action };
  const shop = storefront({ submit: [submitted(action)], read: [waiting], resume: [submitted(action)] });
  await shop.orders.submit(AGREED);
  assert.deepEqual(await shop.orders.submit(AGREED), { kind: "action", result: action });
});

test("an order that cannot be resumed is read", async () => {
  const shop = storefront({
    read: [{ status: "IN_DOUBT" }, { result: PLACED }],
    resume: [refused("NOT_RESUMABLE", "READ_STATE_FIRST")],
  });
  await new SubmitRequests(shop.storage).begin(AGREED);
  assert.deepEqual(await shop.orders.recover(), { kind: "known", result: PLACED });
});

test("after a reload the outcome is read, also by the session after an ended one", async () => {
  const shop = storefront({ read: [answered("SESSION_EXPIRED"), { status: "PLACED", result: PLACED }] });
  await new SubmitRequests(shop.storage).begin(AGREED);
  assert.deepEqual(await shop.orders.recover(), { kind: "known", result: PLACED });
  assert.deepEqual(shop.calls, ["read", "startSession", "read"]);
});

test("without a network the outcome is unknown until there is one", async () => {
  for (const script of [{ read: [lost] }, { read: [{ status: "IN_DOUBT" }], resume: [lost] }]) {
    const shop = storefront(script);
    await new SubmitRequests(shop.storage).begin(AGREED);
    assert.deepEqual(await shop.orders.recover(), { kind: "unknown", result: null, error: lost });
    assert.ok(await shop.open());
  }
});

test("a mistake in an operation is thrown, and the key is kept", async () => {
  const mistake = answered("GRAPHQL_VALIDATION_FAILED");
  const shop = storefront({ read: [mistake] });
  await new SubmitRequests(shop.storage).begin(AGREED);
  await assert.rejects(shop.orders.recover(), mistake);
  assert.ok(await shop.open());
});

test("without a session, the order of an earlier one is elsewhere, and none is begun for it", async () => {
  const error = answered("SESSION_REQUIRED");
  const shop = storefront({ read: [error, error], submit: [submitted(PLACED)] });
  await new SubmitRequests(shop.storage).begin(AGREED, "a");
  assert.deepEqual(await shop.orders.recover(), { kind: "elsewhere", hasArrived: false });
  assert.equal((await shop.orders.submit(AGREED)).kind, "known");
  assert.deepEqual(shop.calls, ["read", "read", "submit"]);
});

test("a broken record does not keep the shopper from buying", async () => {
  const report = mock.method(console, "error", () => {});
  for (const record of ["{", "null", "[]", '{"idempotencyKey":1}']) {
    const shop = storefront({ submit: [submitted(PLACED)] });
    shop.storage.setItem("riverfront.submit-request", record);
    assert.equal((await shop.orders.submit(AGREED)).kind, "known", record);
  }
  assert.equal(report.mock.callCount(), 4);
  report.mock.restore();
});

test("a double click sends one request at a time, also without locks of the browser", async () => {
  const shop = storefront({ submit: [submitted(PLACED), refused("CART_LOCKED", "FIX_THEN_RETRY")] });
  const outcomes = [shop.orders.submit(AGREED), shop.orders.submit(AGREED)];
  await new Promise(setImmediate);
  assert.deepEqual((await Promise.all(outcomes)).map(({ kind }) => kind), ["known", "refused"]);
  assert.deepEqual(shop.calls, ["submit", "submit"]);
  assert.equal(await shop.open(), null);
});

test("an order and the session it begins share a storage, and do not wait for each other", async () => {
  const storage = memoryStorage();
  const fetch = async () => Response.json({ data: { startSession: { bearerToken: "new", errors: [] } } });
  const gateway = new Gateway("https://gateway.example/graphql", { client: "shop", session: bearerSession(storage), fetch });
  const submit = async () => {
    await gateway.ask("mutation { startSession { bearerToken errors { code } } }");
    return submitted(PLACED);
  };
  const orders = new Orders({ submit, resume: submit, read: async () => null }, storage);
  assert.equal((await orders.submit(AGREED)).kind, "known");
});

test("calls that throw refusals are followed like those that return them", async () => {
  const thrown = (code: string, retry: string) => new Refused([{ code, message: code, retry }]);
  const shop = storefront({ submit: [thrown("CART_BUSY", "RETRY"), thrown("INVALID_INPUT", "FIX_THEN_RETRY")] });
  assert.equal((await shop.orders.submit(AGREED)).kind, "refused");
  assert.deepEqual(shop.calls, ["submit", "submit"]);
});

test("an authentication without the selected pending order is reported", async () => {
  const action = { __typename: "OrderActionRequired" };
  const shop = storefront({ submit: [submitted(action)], read: [{ status: "ACTION_REQUIRED", result: action }], resume: [submitted(action)] });
  await shop.orders.submit(AGREED);
  await assert.rejects(shop.orders.submit(AGREED), /pendingOrder/);
});

test("without an open request there is nothing to recover", async () => {
  assert.equal(await storefront({}).orders.recover(), null);
});

test("a submission that is still under way is read", async () => {
  const shop = storefront({ submit: [answered("UPSTREAM_TIMEOUT")], read: [{ status: "IN_PROGRESS" }, { result: PLACED }] });
  assert.equal((await shop.orders.submit(AGREED)).kind, "known");
});

test("an answer with errors of a request without a record is thrown", async () => {
  const error = answered("BAD_USER_INPUT");
  const shop = storefront({ submit: [error], read: [null] });
  await assert.rejects(shop.orders.submit(AGREED), error);
  assert.equal(await shop.open(), null);
});

test("errors are followed by their advice", async () => {
  const busy = refused("CART_BUSY", "RETRY");
  assert.equal((await storefront({ submit: [busy, submitted(PLACED)] }).orders.submit(AGREED)).kind, "known");

  const read = storefront({ submit: [refused("STORE_UNAVAILABLE", "READ_STATE_FIRST")], read: [{ result: PLACED }] });
  assert.equal((await read.orders.submit(AGREED)).kind, "known");

  const wrong = storefront({ submit: [refused("INVALID_INPUT", "FIX_THEN_RETRY")] });
  assert.equal((await wrong.orders.submit(AGREED)).kind, "refused");
  assert.equal(await wrong.open(), null);
});

test("a request waits until the time that a rate limit names", async () => {
  const retryAfter = new Date(Date.now() + 5_000).toISOString();
  const limited = { errors: [{ code: "RATE_LIMITED", message: "", retry: "RETRY", retryAfter }] };
  const shop = storefront({ submit: [limited, submitted(PLACED)] });
  await shop.orders.submit(AGREED);
  assert.ok(shop.waits[0]! > 4_000 && shop.waits[0]! <= 5_000);
});
