import { moneyInput, type Money } from "./money.js";
import type { KeyValueStorage } from "./storage.js";

/** What the shopper agreed to when they submitted: from `SubmitOrderAction`, or from the cart that was shown. */
export interface Agreement {
  expectedTotal: Money;
  ifRevision?: string | null | undefined;
  termsOfSaleAccepted?: boolean | null | undefined;
}

/** One decision of the shopper to buy. It is the input of `submitOrder`. */
export interface SubmitRequest extends Agreement {
  idempotencyKey: string;
}

/** A submit request as it is stored. */
export interface StoredRequest {
  request: SubmitRequest;
  /** The session that has sent it; null if it is not known, or if several have. */
  sessionId: string | null;
  /** Whether a session that could not read its outcome has reported so. The next submit uses its key again. */
  isSetAside: boolean;
}

/**
 * The stored submit request. It is stored before it is sent, so that a reload, a crash or a lost answer never leads to a
 * second order: the outcome is read with the key.
 */
export class SubmitRequests {
  constructor(
    private readonly storage: KeyValueStorage,
    private readonly name = "riverfront.submit-request",
  ) {}

  /** The request whose outcome the shopper waits for; null if there is none. */
  async open(): Promise<SubmitRequest | null> {
    const stored = await this.stored();
    return stored && !stored.isSetAside ? stored.request : null;
  }

  /**
   * The request whose key may have led to an order, also one that was set aside. A record without a key, such as one that
   * was cut off, leads to no outcome: it is forgotten, and reported in the console.
   */
  async stored(): Promise<StoredRequest | null> {
    const record = await this.storage.getItem(this.name);
    if (record === null) return null;
    const stored = storedIn(record);
    if (!stored) {
      console.error(`The submit request stored as ${this.name} cannot be read. It is forgotten.`);
      await this.end();
    }
    return stored;
  }

  /** A new request; with the key of one that was set aside, so that one of the two at most becomes an order. */
  async begin(agreement: Agreement, sessionId: string | null = null): Promise<StoredRequest> {
    const earlier = await this.stored();
    const repeated = earlier?.isSetAside ? earlier : null;
    const request: SubmitRequest = {
      ...agreement,
      idempotencyKey: repeated?.request.idempotencyKey ?? newKey(),
      expectedTotal: moneyInput(agreement.expectedTotal),
    };
    return this.#store({
      request,
      sessionId: repeated && repeated.sessionId !== sessionId ? null : sessionId,
      isSetAside: false,
    });
  }

  /** The outcome cannot be read now. Keeps the key for the next request. */
  async setAside(stored: StoredRequest): Promise<void> {
    await this.#store({ ...stored, isSetAside: true });
  }

  async #store(stored: StoredRequest): Promise<StoredRequest> {
    const { request, ...rest } = stored;
    await this.storage.setItem(this.name, JSON.stringify({ ...request, ...rest }));
    return stored;
  }

  /** Forgets the request: its outcome is known. */
  async end(): Promise<void> {
    await this.storage.removeItem(this.name);
  }
}

function storedIn(record: string): StoredRequest | null {
  try {
    const parsed = JSON.parse(record) as Partial<SubmitRequest & StoredRequest> | null;
    if (typeof parsed?.idempotencyKey !== "string") return null;
    const { sessionId = null, isSetAside = false, ...request } = parsed;
    return { request: request as SubmitRequest, sessionId, isSetAside };
  } catch {
    return null;
  }
}

/** A new idempotency key. Unlike `crypto.randomUUID`, it also works on a page over plain http. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
