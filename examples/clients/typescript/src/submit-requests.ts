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

/**
 * The stored submit request. It is stored before it is sent, so that a reload, a crash or a lost answer never leads to a
 * second order: the outcome is read with the key.
 */
export class SubmitRequests {
  constructor(
    private readonly storage: KeyValueStorage,
    private readonly name = "riverfront.submit-request",
  ) {}

  /**
   * The request whose outcome is not known yet; null if there is none. A record without a key, such as one that was cut
   * off, leads to no outcome: it is forgotten, and reported in the console.
   */
  async open(): Promise<SubmitRequest | null> {
    const stored = await this.storage.getItem(this.name);
    if (stored === null) return null;
    const request = requestIn(stored);
    if (!request) {
      console.error(`The submit request stored as ${this.name} cannot be read. It is forgotten.`);
      await this.end();
    }
    return request;
  }

  async begin(agreement: Agreement): Promise<SubmitRequest> {
    const request: SubmitRequest = {
      ...agreement,
      idempotencyKey: newKey(),
      expectedTotal: moneyInput(agreement.expectedTotal),
    };
    await this.storage.setItem(this.name, JSON.stringify(request));
    return request;
  }

  /** Forgets the request: its outcome is known. */
  async end(): Promise<void> {
    await this.storage.removeItem(this.name);
  }
}

function requestIn(stored: string): SubmitRequest | null {
  try {
    const request = JSON.parse(stored) as Partial<SubmitRequest> | null;
    return typeof request?.idempotencyKey === "string" ? (request as SubmitRequest) : null;
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
