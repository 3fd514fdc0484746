import { answerErrors, Refused, timeoutError, type UserError } from "./errors.js";
import { adviceOf, retrying, type RetryOptions, sleep } from "./retry.js";
import type { KeyValueStorage } from "./storage.js";
import { type Agreement, type StoredRequest, type SubmitRequest, SubmitRequests } from "./submit-requests.js";
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

/** Ends a call that takes too long. Pass the signal to your client, so that the request ends with it. */
export interface CallOptions {
  signal: AbortSignal;
}

/** The operations of your storefront, sent by the client that you use. They reject as your client does, or with `Refused`. */
export interface OrderCalls<R extends Result> {
  /** `submitOrder` with this input. */
  submit(input: SubmitRequest, options: CallOptions): Promise<Submitted<R>>;
  /** `resumeOrder` with this key, after the shopper has returned from the provider's page. */
  resume(idempotencyKey: string, options: CallOptions): Promise<Submitted<R>>;
  /** `orderSubmission` with this key, from the network: a cache would repeat that the order is under way. */
  read(idempotencyKey: string, options: CallOptions): Promise<Reading<R> | null | undefined>;
  /**
   * `session { id }`, from the network. It is called before a request is stored and sent, and if the gateway shows no
   * submission of a request: only the session that has sent it learns by this that it did not arrive. Without this
   * call, `elsewhere` is reported instead of `notArrived`.
   */
  sessionId?: ((options: CallOptions) => Promise<string | null | undefined>) | undefined;
  /**
   * `startSession`, with the old handle. It is called if the session of the request has ended. Without it, the outcome of
   * the request stays unknown until the shopper begins a session.
   */
  startSession?: ((options: CallOptions) => Promise<unknown>) | undefined;
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
  | { kind: "unknown"; result: R | null; error: unknown }
  /**
   * The request has not arrived at the gateway. It may be on its way, so do not say that nothing was ordered: `submit`
   * sends the key again, so that there is one order at most.
   */
  | { kind: "notArrived" }
  /**
   * The request was sent in another session than this one, which cannot read its outcome. Say so, and name the mail that
   * confirms an order. `hasArrived`: the gateway has the request, and there may be an order; the next `submit` is a new
   * one. Otherwise the next `submit` sends the key again: if the request has arrived, that reports so and buys nothing.
   */
  | { kind: "elsewhere"; hasArrived: boolean };

export interface OrderOptions extends RetryOptions {
  /** How often the outcome of an order in doubt is read before it is reported as unknown. */
  reads?: number | undefined;
  /** Name of the stored request, if a page has several shops. */
  name?: string | undefined;
}

/** Statuses of an attempt that may wait for `resumeOrder`. It changes nothing if the attempt does not. */
const RESUMABLE = ["ACTION_REQUIRED", "IN_DOUBT", "IN_PROGRESS"];

const READ_EVERY_MS = 1_000;

/** How long calls may take. The first is answered within a minute; later ones only learn what became of it. */
const LIMIT_MS = { first: 75_000, repeat: 20_000, read: 10_000 };

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
  #call: AbortController | null = null;
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
   * outcome is returned and nothing is submitted. Throws if the session cannot be read: nothing is sent then.
   */
  async submit(agreement: Agreement): Promise<Outcome<R>> {
    return this.#alone(async () => {
      const earlier = await this.#recover();
      if (earlier && !mayBeFollowed(earlier)) return earlier;
      const sessionId = await this.#sessionId();
      const isNew = !(await this.#requests.stored())?.isSetAside;
      return this.#send(await this.#requests.begin(agreement, sessionId), isNew);
    });
  }

  /**
   * Finishes the request that was under way when the page was left: after a reload, after the return from a provider's
   * page, after a lost answer. Null if there is none. Call it when the page loads.
   */
  async recover(): Promise<Outcome<R> | null> {
    return this.#alone(() => this.#recover());
  }

  /**
   * Ends the call that is under way, and goes on with the next one: the device is online again, and no answer arrives on
   * the old connection.
   */
  wake(): void {
    this.#call?.abort(new Woken("The call was given up for another one."));
  }

  async #recover(): Promise<Outcome<R> | null> {
    const stored = await this.#requests.stored();
    if (!stored) return null;
    try {
      return await this.#recovered(stored);
    } catch (error) {
      if (codesOf(error).some((code) => MISTAKES.includes(code))) throw error;
      return { kind: "unknown", result: null, error };
    }
  }

  async #recovered(stored: StoredRequest): Promise<Outcome<R> | null> {
    const { idempotencyKey: key } = stored.request;
    const reading = await this.#read(key);
    // A request that was set aside is read again, because it may have arrived late.
    if (!reading) return stored.isSetAside ? null : this.#missing(stored);
    // An order that the shopper has approved on the provider's page reads as in progress, or as in doubt in a later
    // session, until it is resumed.
    if (!RESUMABLE.includes(reading.status ?? "")) return this.#settled(stored.request, reading);
    const resume = () => this.#limited(LIMIT_MS.repeat, (options) => this.calls.resume(key, options));
    const { result, errors } = await this.#retrying(resume);
    if (errors.length) return this.#settled(stored.request, (await this.#read(key)) ?? reading);
    return this.#settled(stored.request, { result });
  }

  /**
   * This session has no submission of the request. Its key is kept: the request may still arrive, or another session has
   * sent it.
   */
  async #missing(stored: StoredRequest): Promise<Outcome<R>> {
    const isOfThisSession = stored.sessionId !== null && stored.sessionId === (await this.#sessionId());
    await this.#requests.setAside(stored);
    return isOfThisSession ? { kind: "notArrived" } : { kind: "elsewhere", hasArrived: false };
  }

  /** `isNew`: whether the key was never sent before. */
  async #send(stored: StoredRequest, isNew: boolean): Promise<Outcome<R>> {
    const { request } = stored;
    let isLost = false;
    for (let attempt = 1; ; attempt++) {
      try {
        let limitMs = attempt === 1 ? LIMIT_MS.first : LIMIT_MS.repeat;
        const { result, errors } = await this.#retrying(() => {
          const answer = this.#limited(limitMs, (options) => this.calls.submit(request, options));
          limitMs = LIMIT_MS.repeat;
          return answer;
        });
        if (!errors.length) return await this.#settled(request, { result });
        return await this.#afterErrors(stored, errors, { isNew, isLost });
      } catch (error) {
        const isAnswered = answerErrors(error) !== null;
        if (isAnswered || attempt === this.#options.tries) return this.#afterFailure(stored, error, { isNew, isLost });
        // The same key never sends the order twice, so a request without an answer is repeated.
        isLost = true;
        await this.#options.wait(READ_EVERY_MS);
      }
    }
  }

  /** After an answer with `errors`, or without any answer: the record of the gateway decides. */
  async #afterFailure(stored: StoredRequest, error: unknown, sent: Sent): Promise<Outcome<R>> {
    const reading = await this.#read(stored.request.idempotencyKey).catch(() => undefined);
    if (reading) return this.#settled(stored.request, reading);
    const wasRefused = answerErrors(error) !== null && reading === null;
    if (!wasRefused) return { kind: "unknown", result: null, error };
    if (sent.isLost) return this.#missing(stored);
    await this.#endRefused(stored, sent);
    throw error;
  }

  async #afterErrors(stored: StoredRequest, errors: readonly UserError[], sent: Sent): Promise<Outcome<R>> {
    const isReused = errors.some(({ code }) => code === "IDEMPOTENCY_KEY_REUSED");
    if (isReused || sent.isLost || adviceOf(errors) === "READ_STATE_FIRST") {
      const reading = await this.#read(stored.request.idempotencyKey);
      if (reading) return this.#settled(stored.request, reading);
      if (isReused) return this.#requests.end().then(() => ({ kind: "elsewhere", hasArrived: true }));
      // An earlier try, whose answer was lost, may have been accepted.
      if (sent.isLost) return this.#missing(stored);
    }
    await this.#endRefused(stored, sent);
    return { kind: "refused", errors };
  }

  /** The request was refused. An earlier one with the same key may still arrive. */
  async #endRefused(stored: StoredRequest, { isNew }: Sent): Promise<void> {
    await (isNew ? this.#requests.end() : this.#requests.setAside(stored));
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
    const read = () => this.#reading(async (options) => (await this.calls.read(key, options)) ?? null);
    try {
      return await read();
    } catch (error) {
      const codes = codesOf(error);
      // The handle is lost, and without it no session reads this outcome.
      if (codes.includes("SESSION_REQUIRED")) return null;
      const { startSession } = this.calls;
      if (!codes.includes("SESSION_EXPIRED") || !startSession) throw error;
      await this.#reading(startSession);
      return read();
    }
  }

  async #sessionId(): Promise<string | null> {
    const { sessionId } = this.calls;
    return sessionId ? ((await this.#reading(sessionId)) ?? null) : null;
  }

  /** A call that changes no order. It is sent again at once when `wake` ends it. */
  async #reading<T>(call: (options: CallOptions) => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await this.#limited(LIMIT_MS.read, call);
      } catch (error) {
        if (!(error instanceof Woken)) throw error;
      }
    }
  }

  /** Ends a call after so many milliseconds, and when `wake` is called. */
  async #limited<T>(limitMs: number, call: (options: CallOptions) => Promise<T>): Promise<T> {
    const controller = new AbortController();
    const { signal } = controller;
    const timer = setTimeout(() => controller.abort(timeoutError(limitMs)), limitMs);
    this.#call = controller;
    try {
      const ended = new Promise<never>((_, reject) => signal.addEventListener("abort", () => reject(signal.reason as Error)));
      return await Promise.race([call({ signal }), ended]);
    } finally {
      clearTimeout(timer);
      this.#call = null;
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

/** Why a call was ended by `wake`. */
class Woken extends Error {}

/** What is known of the requests with a key before the last answer. */
interface Sent {
  isNew: boolean;
  isLost: boolean;
}

function codesOf(error: unknown): string[] {
  return answerErrors(error)?.map(({ extensions }) => extensions?.code ?? "") ?? [];
}

const WITHOUT_ORDER = ["OrderDeclined", "OrderBlocked", "OrderNotPlaced"];

/** Whether a new request may follow: the earlier one has led to no order, and waits for none. */
function mayBeFollowed(outcome: Outcome<Result>): boolean {
  if (outcome.kind === "known") return WITHOUT_ORDER.includes(outcome.result.__typename);
  if (outcome.kind === "notArrived" || outcome.kind === "elsewhere") return true;
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
