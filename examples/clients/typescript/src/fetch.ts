import type { Session } from "./session.js";

export interface Connection {
  /** Name of your storefront or app, for the header `X-Riverfront-Client`. */
  client: string;
  session: Session;
  /** The fetch to call; the global one by default. */
  fetch?: typeof fetch;
}

/**
 * A `fetch` for every GraphQL client that accepts one. It sends the name of the client and the session, and stores the
 * handle of a session that begins or is renewed.
 *
 * A GET request is for public data: the gateway reads no session from it, so none is sent, and caches can share it.
 */
export function riverfrontFetch({ client, session, fetch: send = globalThis.fetch.bind(globalThis) }: Connection) {
  const inTurn = oneAtATime();

  async function post(input: RequestInfo | URL, init: RequestInit): Promise<Response> {
    const headers = new Headers(init.headers);
    headers.set("X-Riverfront-Client", client);
    const handle = await session.handle();
    if (handle !== null) headers.set("Authorization", `Bearer ${handle}`);
    const response = await send(input, { ...init, headers, credentials: session.credentials });
    const data = await dataOf(response);
    if (data) await session.learn(data);
    return response;
  }

  return async (input: RequestInfo | URL, init: RequestInit = {}): Promise<Response> => {
    if ((init.method ?? "GET").toUpperCase() === "GET") return send(input, { ...init, credentials: "omit" });
    // Two first products that are added at once would begin two sessions, and the cart of one would be lost.
    const mayBeginSession = session.credentials === "omit" && String(init.body).includes("bearerToken");
    return mayBeginSession ? inTurn(() => post(input, init)) : post(input, init);
  };
}

/** The `data` of an answer in JSON; null if there is none. The response can still be read. */
async function dataOf(response: Response): Promise<Record<string, unknown> | null> {
  if (!/[/+]json\b/.test(response.headers.get("Content-Type") ?? "")) return null;
  try {
    const { data } = (await response.clone().json()) as { data?: Record<string, unknown> | null };
    return data ?? null;
  } catch {
    return null; // The client that reads the response reports the broken body.
  }
}

/** Runs one task after the other; a task that fails does not stop the next one. */
function oneAtATime() {
  let last: Promise<unknown> = Promise.resolve();
  return <T>(task: () => Promise<T>): Promise<T> => {
    const result = last.then(task, task);
    last = result.catch(() => {});
    return result;
  };
}
