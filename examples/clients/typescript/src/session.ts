import type { KeyValueStorage } from "./storage.js";

/** How the handle of the shopper's session travels: in a cookie, or as a bearer token. */
export interface Session {
  readonly credentials: RequestCredentials;
  /** The stored bearer token; null for a cookie, which only the browser reads. */
  handle(): Promise<string | null>;
  /** Reads a new handle from the data of an answer, and the end of the session. */
  learn(data: Record<string, unknown>): Promise<void>;
}

/** For pages: the gateway sets an HttpOnly cookie, which no script can read. */
export function cookieSession(): Session {
  return { credentials: "include", handle: async () => null, learn: async () => {} };
}

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
  return {
    credentials: "omit",
    handle: async () => storage.getItem(name),
    async learn(data) {
      for (const payload of Object.values(data)) {
        if (typeof payload !== "object" || payload === null) continue;
        const { bearerToken, signedOut } = payload as { bearerToken?: unknown; signedOut?: unknown };
        if (typeof bearerToken === "string") await storage.setItem(name, bearerToken);
        else if (signedOut === true) await storage.removeItem(name);
        else if (isLost(payload) && (await storage.getItem(name)) === null) throw new DeliveryMismatch();
      }
    },
  };
}

/** Whether the payload belongs to a session that began, without a bearer token for it. */
function isLost(payload: object): boolean {
  const { bearerToken, cart, session } = payload as { bearerToken?: unknown; cart?: unknown; session?: unknown };
  return bearerToken === null && (cart ?? session ?? null) !== null;
}
