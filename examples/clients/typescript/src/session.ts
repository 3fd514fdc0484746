import type { AnswerError } from "./errors.js";
import type { KeyValueStorage } from "./storage.js";
import { alone } from "./turns.js";

/** How the handle of the shopper's session travels: in a cookie, or as a bearer token. */
export interface Session {
  readonly credentials: "include" | "omit";
  /** The headers that carry the handle; none for the cookie of a browser, which only the browser reads. */
  headers(): Promise<Record<string, string>>;
  /** Reads from the answer of a mutation, or of a persisted document, whether a session has begun or ended, and its handle. */
  learn(answer: SessionAnswer): Promise<void>;
  /**
   * Whether a request that is not known to be a query may begin a session, or replace its handle. Such requests are sent
   * one at a time: of two first products that are added at once, each would begin a session, and the cart of one would be
   * lost.
   */
  mayBeginWith(body: string): Promise<boolean>;
  /** Runs one task at a time, in all tabs that share the session. */
  alone<T>(task: () => Promise<T>): Promise<T>;
  /** Sees each answer, before the client does. */
  received?(response: Response): void;
}

/** What is read of an answer. */
export interface SessionAnswer {
  data?: Record<string, unknown> | null | undefined;
  errors?: readonly AnswerError[] | undefined;
  extensions?: { riverfront?: { warnings?: readonly { code: string }[] } } | undefined;
}

const BEGINS = /\b(addCartLines|startSession|signIn|registerShopper)\b/;

const ENDED = ["SESSION_EXPIRED", "SESSION_REQUIRED", "SESSION_ENDED"];

/** Which requests may begin a session. The name of its mutation says so, or whether there is a session, if only a hash is sent. */
class Beginnings {
  #hasSession = false;

  learn({ data, errors = [], extensions }: SessionAnswer): void {
    const payloads = Object.values(data ?? {}).map((payload) => (payload ?? {}) as Partial<UserPayload>);
    const codes = [
      ...errors.map((error) => error.extensions?.code),
      ...payloads.flatMap((payload) => (Array.isArray(payload.errors) ? payload.errors.map(({ code }) => code) : [])),
      ...(extensions?.riverfront?.warnings ?? []).map(({ code }) => code),
    ];
    const hasEnded = payloads.some(({ signedOut }) => signedOut === true) || codes.some((code) => ENDED.includes(code ?? ""));
    if (hasEnded) this.#hasSession = false;
    else this.#hasSession ||= Boolean(data?.["session"]) || payloads.some(isAccepted);
  }

  mayBeginWith(body: string): boolean {
    return hasDocument(body) ? BEGINS.test(body) : !this.#hasSession;
  }
}

interface UserPayload {
  errors: readonly { code?: string }[];
  signedOut: boolean;
}

/** Whether the body of a request has the document itself, and not only its hash. */
export function hasDocument(body: string): boolean {
  return /"query"\s*:\s*"/.test(body);
}

/** For pages: the gateway sets an HttpOnly cookie, which no script can read. */
export function cookieSession(): Session {
  const beginnings = new Beginnings();
  return {
    credentials: "include",
    headers: async () => ({}),
    learn: async (answer) => beginnings.learn(answer),
    mayBeginWith: async (body) => beginnings.mayBeginWith(body),
    alone: (task) => alone("riverfront.session", COOKIES, task),
  };
}

/** Stands for the cookies of the page, which all its sessions share. */
const COOKIES = {};

/** Thrown if `delivery: BEARER` is missing: the session went into a cookie that is never sent. */
export class DeliveryMismatch extends Error {
  override readonly name = "DeliveryMismatch";
  constructor() {
    super(
      "The session was started with a cookie, but this client sends a bearer token. Pass `delivery: BEARER` in the " +
        "input, and select `bearerToken`.",
    );
  }
}

/**
 * For apps, and for pages of another site than the gateway: the handle is stored by the client.
 *
 * Select `bearerToken`, without an alias, wherever a payload has it: `startSession`, `addCartLines`, `signIn` and
 * `registerShopper` return a new handle once, and the old one ends.
 *
 * The handle of an ended session is kept until the next one begins: sent with `startSession` or `addCartLines`, it lets
 * the new session read the outcomes of orders that the old one has sent.
 */
export function bearerSession(storage: KeyValueStorage, name = "riverfront.session"): Session {
  const beginnings = new Beginnings();
  return {
    credentials: "omit",
    async headers() {
      const handle = await storage.getItem(name);
      return handle === null ? {} : { Authorization: `Bearer ${handle}` };
    },
    async learn(answer) {
      beginnings.learn(answer);
      for (const payload of Object.values(answer.data ?? {})) {
        if (typeof payload !== "object" || payload === null) continue;
        const { bearerToken, signedOut } = payload as { bearerToken?: unknown; signedOut?: unknown };
        if (typeof bearerToken === "string") await storage.setItem(name, bearerToken);
        else if (signedOut === true) await storage.removeItem(name);
        else if (isLost(payload) && (await storage.getItem(name)) === null) throw new DeliveryMismatch();
      }
    },
    mayBeginWith: async (body) =>
      beginnings.mayBeginWith(body) || body.includes("bearerToken") || (await storage.getItem(name)) === null,
    alone: (task) => alone(name, storage, task),
  };
}

/** Whether the payload belongs to a session that began, without a bearer token for it. */
function isLost(payload: object): boolean {
  const { bearerToken, cart, session } = payload as { bearerToken?: unknown; cart?: unknown; session?: unknown };
  return bearerToken === null && (cart ?? session ?? null) !== null;
}

/** Whether the payload is that of a mutation that was executed, so that there is a session. */
function isAccepted({ errors }: Partial<UserPayload>): boolean {
  return Array.isArray(errors) && !errors.length;
}

/** What a server takes from the request of the browser whose page it renders. */
export interface ForwardedRequest {
  /** One of `RIVERFRONT_SERVER_KEYS`. It must never reach a browser. */
  serverKey: string;
  /** The header `Cookie`. */
  cookie: string | null | undefined;
  /** The header `Origin`, for the mutation of a form. Never a value of your own. */
  origin?: string | null | undefined;
  /** The address of the browser, if the gateway has your server in `RIVERFRONT_TRUSTED_PROXIES`. */
  address?: string | null | undefined;
  /** Receives each `Set-Cookie` of the gateway, to be added to the answer to the browser. */
  setCookie?: ((header: string) => void) | undefined;
}

/** For a server that renders the page of a shopper with a cookie. Make one for each request of a browser. */
export function forwardedSession({ serverKey, cookie, origin, address, setCookie }: ForwardedRequest): Session {
  const headers = {
    "X-Riverfront-Server-Key": serverKey,
    ...(cookie ? { Cookie: cookie } : {}),
    ...(origin ? { Origin: origin } : {}),
    ...(address ? { "X-Forwarded-For": address } : {}),
  };
  const owner = {};
  const beginnings = new Beginnings();
  return {
    credentials: "omit",
    headers: async () => headers,
    learn: async (answer) => beginnings.learn(answer),
    received: ({ headers }) => headers.getSetCookie().forEach((header) => setCookie?.(header)),
    mayBeginWith: async (body) => beginnings.mayBeginWith(body),
    alone: (task) => alone("riverfront.session", owner, task),
  };
}
