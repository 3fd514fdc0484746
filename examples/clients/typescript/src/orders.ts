import { answerErrors, Refused, type UserError } from "./errors.js";
import { adviceOf, retrying, type RetryOptions, sleep } from "./retry.js";
import type { KeyValueStorage } from "./storage.js";
import { type Agreement, type SubmitRequest, SubmitRequests } from "./submit-requests.js";
import { alone } from "./turns.js";

/**
 * An outcome of `submitOrder`, as your operation selects it. Select `checkAfter` of `OrderInDoubt`, and `pendingOrder` of
 * `OrderActionRequired`.
 */
export interface Result {
  __typename: string;
}

/** The payload of `submitOrder` and `resumeOrder`. */
export interface Submitted<R extends Result> {
  result?: R | null | undefined;
  errors: readonly UserError[];
}

/** An attempt, as `orderSubmission` reads it. */
export interface Reading<R extends Result> {
  status?: string | undefined;
  result?: R | null | undefined;
}

/** The operations of your storefront, sent by the client that you use. They reject as your client does, or with `Refused`. */
export interface OrderCalls<R extends Result> {
  /** `submitOrder` with this input. */
  submit(input: SubmitRequest): Promise<Submitted<R>>;
  /** `resumeOrder` with this key, after the shopper has returned from the provider's page. */
  resume(idempotencyKey: string): Promise<Submitted<R>>;
  /** `orderSubmission` with this key, from the network: a cache would repeat that the order is under way. */
  read(idempotencyKey: string): Promise<Reading<R> | null | undefined>;
  /**
   * `startSession`, with the old handle. It is called if the session of the request has ended. Without it, the outcome of
   * the request stays unknown until the shopper begins a session.
   */
  startSession?: (() => Promise<unknown>) | undefined;
}

/** What became of a submit request. */
export type Outcome<R extends Result> =
  /** The outcome is known for good: placed, awaiting payment, declined, blocked or not placed. */
  | { kind: "known"; result: R }
  /**
   * The shopper has to act: send them to the `redirectUrl`, and call `recover` when they return; or let them authenticate
   * the source, and call `submit` if `pendingOrder` is null, otherwise `recover`.
   */
  | { kind: "action"; result: R }
  /** Nothing was sent to Digital River. Follow `retry` and `path` of the errors. */
  | { kind: "refused"; errors: readonly UserError[] }
  /**
   * There may be an order. Show that it is being checked, and call `recover` later: `submit` does not send a new request
   * before the outcome is known. `error` says why it is not: no network, for example.
   */
  | { kind: "unknown"; result: R | null; error: unknown };

export interface OrderOptions extends RetryOptions {
  /** How often the outcome of an order in doubt is read before it is reported as unknown. */
  reads?: number | undefined;
  /** Name of the stored request, if a page has several shops. */
  name?: string | undefined;
}

/** Statuses of an attempt that may wait for `resumeOrder`. It changes nothing if the attempt does not. */
const RESUMABLE = ["ACTION_REQUIRED", "IN_DOUBT", "IN_PROGRESS"];

const READ_EVERY_MS = 1_000;

const NO_SESSION = ["SESSION_EXPIRED", "SESSION_REQUIRED"];

/** Codes of requests that are refused each time, so that they are thrown, and not reported as an unknown outcome. */
const MISTAKES = [
  "GRAPHQL_PARSE_FAILED",
  "GRAPHQL_VALIDATION_FAILED",
  "BAD_USER_INPUT",
  "OPERATION_TOO_EXPENSIVE",
  "PERSISTED_QUERY_NOT_FOUND",
  "PERSISTED_QUERY_NOT_SUPPORTED",
  "DOCUMENT_NOT_TRUSTED",
  "METHOD_NOT_ALLOWED",
  "CSRF_CHECK_FAILED",
];

/** Places orders, each at most once, whatever becomes of the page or the network in between. */
export class Orders<R extends Result> {
  readonly #requests: SubmitRequests;
  readonly #options: { reads: number; wait: (milliseconds: number) => Promise<void>; patienceMs: number; tries: number };

  constructor(
    private readonly calls: OrderCalls<R>,
    private readonly storage: KeyValueStorage,
    { name, reads = 10, wait = sleep, patienceMs = 10_000, tries = 3 }: OrderOptions = {},
  ) {
    this.#requests = new SubmitRequests(storage, name);
    this.#options = { reads, wait, patienceMs, tries };
  }

  /**
   * Submits the cart. Finishes an earlier request first, whose outcome was never known: if that has led to an order, its
   * outcome is returned and nothing is submitted.
   */
  async submit(agreement: Agreement): Promise<Outcome<R>> {
    return this.#alone(async () => {
      const earlier = await this.#recover();
      if (earlier && !mayBeFollowed(earlier)) return earlier;
      return this.#send(await this.#requests.begin(agreement));
    });
  }

  /**
   * Finishes the request that was under way when the page was left: after a reload, after the return from a provider's
   * page, after a lost answer. Null if there is none, or if it never reached the gateway. Call it when the page loads.
   */
  async recover(): Promise<Outcome<R> | null> {
    return this.#alone(() => this.#recover());
  }

  async #recover(): Promise<Outcome<R> | null> {
    const request = await this.#requests.open();
    if (!request) return null;
    try {
      return await this.#recovered(request);
    } catch (error) {
      if (codesOf(error).some((code) => MISTAKES.includes(code))) throw error;
      return { kind: "unknown", result: null, error };
    }
  }

  async #recovered(request: SubmitRequest): Promise<Outcome<R> | null> {
    const reading = await this.#read(request.idempotencyKey);
    // The gateway knows no such request. One that is still on its way is stopped by the revision and the lock of the cart.
    if (!reading) return this.#requests.end().then(() => null);
    // An order that the shopper has approved on the provider's page reads as in progress, or as in doubt in a later
    // session, until it is resumed.
    if (!RESUMABLE.includes(reading.status ?? "")) return this.#settled(request, reading);
    const { result, errors } = await this.#retrying(() => this.calls.resume(request.idempotencyKey));
    if (errors.length) return this.#settled(request, (await this.#read(request.idempotencyKey)) ?? reading);
    return this.#settled(request, { result });
  }

  async #send(request: SubmitRequest): Promise<Outcome<R>> {
    for (let attempt = 1; ; attempt++) {
      try {
        const { result, errors } = await this.#retrying(() => this.calls.submit(request));
        return errors.length ? await this.#afterErrors(request, errors) : await this.#settled(request, { result });
      } catch (error) {
        const isLost = answerErrors(error) === null;
        if (!isLost || attempt === this.#options.tries) return this.#afterFailure(request, error);
        // The same key never sends the order twice, so a request without an answer is repeated.
        await this.#options.wait(READ_EVERY_MS);
      }
    }
  }

  /** After an answer with `errors`, or without any answer: the record of the gateway decides. */
  async #afterFailure(request: SubmitRequest, error: unknown): Promise<Outcome<R>> {
    const reading = await this.#read(request.idempotencyKey).catch(() => undefined);
    if (reading) return this.#settled(request, reading);
    const wasRefused = answerErrors(error) !== null && reading === null;
    if (!wasRefused) return { kind: "unknown", result: null, error };
    await this.#requests.end();
    throw error;
  }

  async #afterErrors(request: SubmitRequest, errors: readonly UserError[]): Promise<Outcome<R>> {
    const isReused = errors.some(({ code }) => code === "IDEMPOTENCY_KEY_REUSED");
    if (isReused || adviceOf(errors) === "READ_STATE_FIRST") {
      const reading = await this.#read(request.idempotencyKey);
      if (reading) return this.#settled(request, reading);
    }
    await this.#requests.end();
    return { kind: "refused", errors };
  }

  /** The outcome of a request with this reading. Reads again while the order is in doubt or under way. */
  async #settled({ idempotencyKey }: SubmitRequest, reading: Reading<R>): Promise<Outcome<R>> {
    let result = reading.result ?? null;
    let error: unknown;
    for (let reads = 0; result === null || result.__typename === "OrderInDoubt"; reads++) {
      const pause = pauseUntil(result);
      if (reads === this.#options.reads || pause > this.#options.patienceMs) return { kind: "unknown", result, error };
      await this.#options.wait(pause);
      try {
        result = (await this.#read(idempotencyKey))?.result ?? result;
        error = undefined;
      } catch (failure) {
        error = failure;
      }
    }
    if (result.__typename === "OrderActionRequired") return { kind: "action", result };
    await this.#requests.end();
    return { kind: "known", result };
  }

  /** Reads the outcome. If the session has ended, the next one begins with its handle and may read it as well. */
  async #read(key: string): Promise<Reading<R> | null> {
    try {
      return (await this.calls.read(key)) ?? null;
    } catch (error) {
      const codes = codesOf(error);
      if (!codes.some((code) => NO_SESSION.includes(code)) || !this.calls.startSession) throw error;
      await this.calls.startSession();
      const reading = (await this.calls.read(key)) ?? null;
      if (reading || !codes.includes("SESSION_REQUIRED")) return reading;
      // The handle is lost, so no session may read this outcome any more.
      await this.#requests.end();
      throw error;
    }
  }

  #retrying(call: () => Promise<Submitted<R>>): Promise<Submitted<R>> {
    return retrying(call, this.#options).catch((error: unknown) => {
      if (error instanceof Refused) return { errors: error.errors };
      throw error;
    });
  }

  /** One at a time: two tabs, and two clicks, share the stored request. */
  #alone<T>(task: () => Promise<T>): Promise<T> {
    return alone("riverfront.orders", this.storage, task);
  }
}

function codesOf(error: unknown): string[] {
  return answerErrors(error)?.map(({ extensions }) => extensions?.code ?? "") ?? [];
}

const WITHOUT_ORDER = ["OrderDeclined", "OrderBlocked", "OrderNotPlaced"];

/** Whether a new request may follow: the earlier one has led to no order, and waits for none. */
function mayBeFollowed(outcome: Outcome<Result>): boolean {
  if (outcome.kind === "known") return WITHOUT_ORDER.includes(outcome.result.__typename);
  if (outcome.kind !== "action") return false;
  const { pendingOrder, action } = outcome.result as ActionRequired;
  if (pendingOrder === undefined && !action?.redirectUrl) {
    throw new TypeError("Select `pendingOrder { id }` of OrderActionRequired: null means that the cart may be submitted anew.");
  }
  return pendingOrder === null;
}

interface ActionRequired extends Result {
  pendingOrder?: unknown;
  action?: { redirectUrl?: string };
}

function pauseUntil(result: Result | null): number {
  const { checkAfter } = (result ?? {}) as { checkAfter?: string };
  return Math.max(READ_EVERY_MS, checkAfter === undefined ? 0 : Date.parse(checkAfter) - Date.now());
}
