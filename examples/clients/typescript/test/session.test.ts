import assert from "node:assert/strict";
import { test } from "node:test";
import {
  bearerSession,
  cookieSession,
  DeliveryMismatch,
  forwardedSession,
  Gateway,
  isUnreachable,
  memoryStorage,
  riverfrontFetch,
  Unreachable,
  UnreadableAnswer,
} from "riverfront-client";

const URL = "https://gateway.example/graphql";

/** A server that answers with these bodies, one after the other, and what it has received. */
function answering(...bodies: unknown[]) {
  const received: { authorization: string | null; client: string | null; credentials: string | undefined }[] = [];
  const fetch = async (_: RequestInfo | URL, init: RequestInit = {}) => {
    const headers = new Headers(init.headers);
    const authorization = headers.get("Authorization");
    received.push({ authorization, client: headers.get("X-Riverfront-Client"), credentials: init.credentials });
    return Response.json(bodies[received.length - 1] ?? {});
  };
  return { fetch, received };
}

const ADD = JSON.stringify({ query: "mutation { addCartLines { bearerToken errors { code } } }" });
const post = (body = ADD) => ({ method: "POST", body });
const begins = { data: { addCartLines: { bearerToken: "first", cart: { id: "1" } } } };

test("a bearer token is stored, sent, replaced and forgotten", async () => {
  const storage = memoryStorage();
  const signedIn = { data: { signIn: { bearerToken: "second" } } };
  const { fetch, received } = answering(begins, signedIn, {}, { data: { signOut: { signedOut: true } } }, {});
  const send = riverfrontFetch({ client: "shop", session: bearerSession(storage), fetch });
  for (let request = 0; request < 5; request++) await send(URL, post());
  const sent = received.map(({ authorization }) => authorization);
  assert.deepEqual(sent, [null, "Bearer first", "Bearer second", "Bearer second", null]);
  assert.ok(received.every(({ client, credentials }) => client === "shop" && credentials === "omit"));
});

test("the handle of an ended session is kept for the next one", async () => {
  const storage = memoryStorage();
  const ended = { data: { cart: null }, errors: [{ message: "", extensions: { code: "SESSION_EXPIRED" } }] };
  const { fetch, received } = answering(begins, ended, { data: { startSession: { bearerToken: "next" } } });
  const send = riverfrontFetch({ client: "shop", session: bearerSession(storage), fetch });
  for (let request = 0; request < 3; request++) await send(URL, post());
  assert.equal(received[2]?.authorization, "Bearer first");
  assert.equal(storage.getItem("riverfront.session"), "next");
});

test("a session that began with a cookie is an error for a client with a bearer", async () => {
  const { fetch } = answering({ data: { addCartLines: { bearerToken: null, cart: { id: "1" } } } });
  const send = riverfrontFetch({ client: "shop", session: bearerSession(memoryStorage()), fetch });
  await assert.rejects(send(URL, post()), DeliveryMismatch);
});

test("first products of two tabs begin one session", async () => {
  const { fetch, received } = answering(begins, { data: { addCartLines: { bearerToken: null, cart: { id: "1" } } } });
  const storage = memoryStorage();
  const tabs = [1, 2].map(() => riverfrontFetch({ client: "shop", session: bearerSession(storage), fetch }));
  await Promise.all(tabs.map((send) => send(URL, post())));
  assert.deepEqual(received.map(({ authorization }) => authorization), [null, "Bearer first"]);
});

/** A server that answers when it is told to, the oldest request first. */
function waiting(session = cookieSession()) {
  const open: ((answer: unknown) => void)[] = [];
  const fetch = () => new Promise<Response>((resolve) => open.push((answer) => resolve(Response.json(answer))));
  const send = riverfrontFetch({ client: "shop", session, fetch });
  const answer = async (body: unknown) => {
    open.shift()?.(body);
    await new Promise(setImmediate);
  };
  /** How many of the requests that are sent at once arrive before any is answered. */
  const atOnce = async (...bodies: string[]) => {
    const sent = bodies.map((body) => send(URL, post(body)));
    await new Promise(setImmediate);
    const arrived = open.length;
    while (open.length) await answer(ACCEPTED);
    await Promise.all(sent);
    return arrived;
  };
  return { send, answer, atOnce };
}

const ACCEPTED = { data: { addCartLines: { errors: [] } } };
const QUERY = JSON.stringify({ query: "{ cart { id } }" });
const CHANGE = JSON.stringify({ query: "mutation { setCoupon { errors { code } } }" });
const HASH = JSON.stringify({ extensions: { persistedQuery: { sha256Hash: "0" } } });

test("mutations that may begin a session are sent one at a time, and others are not", async () => {
  const { atOnce } = waiting();
  assert.equal(await atOnce(ADD, ADD), 1);
  assert.equal(await atOnce(ADD, ADD), 1, "another tab may have ended the session meanwhile");
  assert.equal(await atOnce(ADD, QUERY, QUERY, CHANGE), 4);
});

test("documents of which only the hash is sent are sent one at a time until there is a session", async () => {
  const { atOnce } = waiting();
  assert.equal(await atOnce(HASH, HASH, HASH), 1);
  assert.equal(await atOnce(HASH, HASH, HASH), 3);
});

test("after the end of a session, requests wait again until the next one has begun", async () => {
  const code = (code: string) => ({ message: code, extensions: { code } });
  const ends = [
    { data: { signOut: { signedOut: true, errors: [] } } },
    { data: { cart: null }, errors: [code("SESSION_EXPIRED")] },
    { data: { setCoupon: { errors: [{ code: "SESSION_REQUIRED" }] } } },
    { data: { session: null }, extensions: { riverfront: { warnings: [{ code: "SESSION_ENDED" }] } } },
  ];
  const stored = memoryStorage();
  stored.setItem("riverfront.session", "handle");
  const sessions = [cookieSession, () => bearerSession(stored), () => forwardedSession({ serverKey: "key", cookie: "a=a" })];
  for (const begin of sessions) {
    for (const end of ends) {
      stored.setItem("riverfront.session", "handle");
      const { send, answer, atOnce } = waiting(begin());
      assert.equal(await atOnce(HASH), 1);
      assert.equal(await atOnce(HASH, HASH), 2);
      const ending = send(URL, post(HASH));
      await new Promise(setImmediate);
      await answer(end);
      await ending;
      assert.equal(await atOnce(HASH, HASH), 1, JSON.stringify(end));
    }
  }
});

test("a page that shows its session has one", async () => {
  const { send, answer, atOnce } = waiting();
  const shown = send(URL, post(HASH));
  await new Promise(setImmediate);
  await answer({ data: { session: { id: "1" } } });
  await shown;
  assert.equal(await atOnce(HASH, HASH), 2);
});

test("a request object is sent as it is, with the session", async () => {
  const { fetch, received } = answering();
  const storage = memoryStorage();
  storage.setItem("riverfront.session", "first");
  const send = riverfrontFetch({ client: "shop", session: bearerSession(storage), fetch });
  await send(new Request(URL, { ...post(), headers: { "Content-Type": "application/json" } }));
  assert.deepEqual(received, [{ authorization: "Bearer first", client: "shop", credentials: "omit" }]);
});

test("a silent gateway is given up, and a caller may end the request", async () => {
  const silent = (_: unknown, { signal }: RequestInit = {}) =>
    new Promise<Response>((_resolve, reject) => {
      const end = () => reject(signal?.reason as Error);
      if (signal?.aborted) end();
      signal?.addEventListener("abort", end);
    });
  const send = riverfrontFetch({ client: "shop", session: cookieSession(), fetch: silent, timeoutMs: 1 });
  await assert.rejects(send(URL, post()), { name: "TimeoutError" });
  await assert.rejects(send(URL), { name: "TimeoutError" });
  assert.ok(isUnreachable(await send(URL).catch((error: unknown) => error)));
  const patient = riverfrontFetch({ client: "shop", session: cookieSession(), fetch: silent });
  const ended = patient(URL, { ...post(), signal: AbortSignal.abort(new Error("The page was left.")) });
  await assert.rejects(ended, { message: "The page was left." });
});

test("a failed connection is known where it failed, also inside the error of a client", async () => {
  const cause = new TypeError("Failed to fetch");
  const lost = async (): Promise<Response> => {
    throw cause;
  };
  const send = riverfrontFetch({ client: "shop", session: cookieSession(), fetch: lost, timeoutMs: 1_000 });
  for (const request of [post(), {}]) {
    const error: unknown = await send(URL, request).catch((failure: unknown) => failure);
    assert.ok(error instanceof Unreachable);
    assert.equal(error.cause, cause);
    for (const shown of [error, new Error("wrapped", { cause: error }), { networkError: error }]) assert.ok(isUnreachable(shown));
  }
  for (const defect of [cause, new Error("A defect."), null]) assert.ok(!isUnreachable(defect));
});

test("the answer of a proxy is reported with its status", async () => {
  for (const response of [new Response("<html>", { status: 502, headers: { "Content-Type": "text/html" } }), Response.json(null)]) {
    const gateway = new Gateway(URL, { client: "shop", session: cookieSession(), fetch: async () => response });
    await assert.rejects(gateway.ask("{ cart { id } }"), (error) => {
      assert.ok(error instanceof UnreadableAnswer);
      assert.equal(error.status, response.status);
      return true;
    });
  }
});

test("a syntax tree is refused before it is sent", async () => {
  const { fetch, received } = answering();
  const gateway = new Gateway(URL, { client: "shop", session: cookieSession(), fetch });
  const tree = { kind: "Document" } as unknown as string;
  await assert.rejects(gateway.ask(tree), /documentMode/);
  assert.equal(received.length, 0);
});

test("a server forwards what the browser sent, and nothing else", async () => {
  const sent: Headers[] = [];
  const setCookies: string[] = [];
  const fetch = async (_: unknown, init: RequestInit = {}) => {
    sent.push(new Headers(init.headers));
    return Response.json({ data: {} }, { headers: { "Set-Cookie": "a=b" } });
  };
  const setCookie = (header: string) => void setCookies.push(header);
  const session = forwardedSession({ serverKey: "key", cookie: "a=a", origin: null, address: "192.0.2.1", setCookie });
  await riverfrontFetch({ client: "server", session, fetch })(URL, { ...post(), headers: { Accept: "application/json" } });
  const headers = Object.fromEntries(sent[0]!);
  assert.deepEqual(headers, {
    accept: "application/json",
    cookie: "a=a",
    "x-forwarded-for": "192.0.2.1",
    "x-riverfront-client": "server",
    "x-riverfront-server-key": "key",
  });
  assert.deepEqual(setCookies, ["a=b"]);
});

test("a page sends its cookie with POST, and nothing of the session with GET", async () => {
  const { fetch, received } = answering();
  const send = riverfrontFetch({ client: "shop", session: cookieSession(), fetch });
  await send(URL, post());
  await send(`${URL}?query={storefront{locales}}`);
  assert.deepEqual(received.map(({ credentials, client }) => [credentials, client]), [
    ["include", "shop"],
    ["omit", null],
  ]);
});

test("the client reads the body of the answer itself", async () => {
  const { fetch } = answering(begins);
  const send = riverfrontFetch({ client: "shop", session: bearerSession(memoryStorage()), fetch });
  assert.deepEqual(await (await send(URL, post())).json(), begins);
});
