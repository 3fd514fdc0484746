import assert from "node:assert/strict";
import { test } from "node:test";
import { bearerSession, cookieSession, DeliveryMismatch, memoryStorage, riverfrontFetch } from "riverfront-client";

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

const post = (body = "{}") => ({ method: "POST", body });
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

test("two first products begin one session", async () => {
  const { fetch, received } = answering(begins, { data: { addCartLines: { bearerToken: null, cart: { id: "1" } } } });
  const send = riverfrontFetch({ client: "shop", session: bearerSession(memoryStorage()), fetch });
  await Promise.all([send(URL, post("bearerToken")), send(URL, post("bearerToken"))]);
  assert.deepEqual(received.map(({ authorization }) => authorization), [null, "Bearer first"]);
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
