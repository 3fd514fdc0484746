import { timeoutError, Unreachable } from "./errors.js";
import { hasDocument, type Session, type SessionAnswer } from "./session.js";

export interface Connection {
  /** Name of your storefront or app, for the header `X-Riverfront-Client`. */
  client: string;
  session: Session;
  /** The fetch to call; the global one by default. */
  fetch?: typeof fetch | undefined;
  /** How long an answer is awaited. The gateway itself answers within a minute, also if Digital River does not. */
  timeoutMs?: number | undefined;
}

type Resource = string | URL | Request;

/**
 * A `fetch` for every GraphQL client that accepts one. It sends the name of the client and the session, and stores the
 * handle of a session that begins or is renewed.
 *
 * A GET request is for public data: the gateway reads no session from it, so none is sent, and caches can share it.
 */
export function riverfrontFetch({ client, session, fetch: send, timeoutMs = 75_000 }: Connection) {
  const sendOnce = send ?? globalThis.fetch.bind(globalThis);

  /** Only here is it certain that the network failed, and not a request that was ended. */
  async function call(input: Resource, init: RequestInit): Promise<Response> {
    try {
      return await sendOnce(input, init);
    } catch (error) {
      throw init.signal?.aborted ? error : new Unreachable(error);
    }
  }

  /** Sends with the session. What it has to learn from the answer is learned before the client reads it. */
  async function post(input: Resource, init: RequestInit, isQuery: boolean): Promise<Response> {
    const headers = new Headers(init.headers);
    headers.set("X-Riverfront-Client", client);
    for (const [name, value] of Object.entries(await session.headers())) headers.set(name, value);
    return inTime(timeoutMs, init.signal ?? null, async (signal) => {
      const response = await call(input, { ...init, headers, signal, credentials: session.credentials });
      session.received?.(response);
      const answer = isQuery ? null : await answerIn(response);
      if (answer) await session.learn(answer);
      return response;
    });
  }

  return async (input: Resource, init: RequestInit = {}): Promise<Response> => {
    const all = { ...partsOf(input), ...init };
    if ((all.method ?? "GET").toUpperCase() === "GET") {
      return inTime(timeoutMs, all.signal ?? null, (signal) => call(input, { ...init, signal, credentials: "omit" }));
    }
    const body = typeof init.body === "string" ? init.body : "";
    // The body of a persisted document names only its hash: it may be that of a mutation.
    const isQuery = hasDocument(body) && !/\bmutation\b/.test(body);
    const task = () => post(input, all, isQuery);
    return !isQuery && (await session.mayBeginWith(body)) ? session.alone(task) : task();
  };
}

function partsOf(input: Resource): RequestInit {
  if (typeof input === "string" || input instanceof URL) return {};
  return { method: input.method, headers: input.headers, signal: input.signal };
}

/** Ends the task at the end of the time, or when the caller does. */
async function inTime<T>(timeoutMs: number, outer: AbortSignal | null, task: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const abort = () => controller.abort(outer?.reason);
  const timer = setTimeout(() => controller.abort(timeoutError(timeoutMs)), timeoutMs);
  outer?.addEventListener("abort", abort);
  if (outer?.aborted) abort();
  try {
    return await task(controller.signal);
  } finally {
    clearTimeout(timer);
    outer?.removeEventListener("abort", abort);
  }
}

/** An answer in JSON; null if it is none. The response can still be read. */
async function answerIn(response: Response): Promise<SessionAnswer | null> {
  if (!/[/+]json\b/.test(response.headers.get("Content-Type") ?? "")) return null;
  const text = await response.clone().text();
  try {
    return JSON.parse(text) as SessionAnswer | null;
  } catch {
    return null; // The client that reads the response reports the broken body.
  }
}
