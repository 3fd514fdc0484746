import { answerErrors, type AnswerError, Refused, type RetryAdvice, type UserError } from "./errors.js";

export interface RetryOptions {
  /** How often the call is made at most. */
  tries?: number | undefined;
  /** A `retryAfter` that is later than this is left to the shopper, in milliseconds. */
  patienceMs?: number | undefined;
  /** Waits; the default is a timer. */
  wait?: ((milliseconds: number) => Promise<void>) | undefined;
}

const FIRST_WAIT_MS = 500;

/**
 * Codes in `errors` of an answer after which nothing was changed, so that the same request may be sent again. A user error
 * whose payload was not selected has its own advice, which counts instead.
 */
const NOTHING_CHANGED = new Set(["RATE_LIMITED", "CART_BUSY", "STORE_UNAVAILABLE"]);

/** The most careful advice is first. */
const ADVICE: readonly RetryAdvice[] = ["READ_STATE_FIRST", "DO_NOT_RETRY", "FIX_THEN_RETRY", "RETRY"];

/**
 * What the errors of a payload advise together: the most careful advice of them. Null if there is none, or only `RETRY`
 * beside advice of a later version of the graph.
 */
export function adviceOf(errors: readonly UserError[]): RetryAdvice | null {
  const isKnown = errors.every(({ retry }) => ADVICE.some((advice) => advice === retry));
  const careful = ADVICE.find((advice) => errors.some(({ retry }) => retry === advice)) ?? null;
  return careful === "RETRY" && !isKnown ? null : careful;
}

/**
 * Calls a mutation, and calls it again while the gateway advises `RETRY`, at the time that it names.
 *
 * The call must send the same variables each time, with the same idempotency key. Any other advice is yours to follow:
 * the payload is returned as it is. A call may also return `accepted(payload)`: `Refused` is thrown as it is then.
 */
export async function retrying<P extends { errors: readonly UserError[] }>(
  call: () => Promise<P>,
  { tries = 3, patienceMs = 10_000, wait = sleep }: RetryOptions = {},
): Promise<P> {
  for (let attempt = 1; ; attempt++) {
    const outcome = await call().then(
      (payload) => ({ payload, pause: pauseOf(payload.errors, attempt) }),
      (error: unknown) => ({ error, pause: pauseOfFailure(error, attempt) }),
    );
    const { pause } = outcome;
    if (pause !== null && pause <= patienceMs && attempt < tries) await wait(pause);
    else if ("error" in outcome) throw outcome.error;
    else return outcome.payload;
  }
}

function pauseOf(errors: readonly UserError[], attempt: number): number | null {
  if (adviceOf(errors) !== "RETRY") return null;
  return pauseBefore(errors.map(({ retryAfter }) => retryAfter), attempt);
}

function pauseOfFailure(error: unknown, attempt: number): number | null {
  if (error instanceof Refused) return pauseOf(error.errors, attempt);
  const errors = answerErrors(error);
  if (!errors?.every(isWithoutChange)) return null;
  return pauseBefore(errors.map(({ extensions }) => extensions?.retryAfter), attempt);
}

function isWithoutChange({ extensions }: AnswerError): boolean {
  const { code = "", retry } = extensions ?? {};
  return retry === undefined ? NOTHING_CHANGED.has(code) : retry === "RETRY";
}

/** Until the latest of the given times, in milliseconds; without one, twice as long at each attempt. */
function pauseBefore(times: readonly (string | null | undefined)[], attempt: number): number {
  const known = times.flatMap((time) => (time == null ? [] : [Date.parse(time) - Date.now()]));
  return Math.max(0, ...(known.length ? known : [FIRST_WAIT_MS * 2 ** (attempt - 1)]));
}

export function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
