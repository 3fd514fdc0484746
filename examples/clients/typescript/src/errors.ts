/** An error in `errors` of an answer: the field could not be read, or the request was refused. */
export interface AnswerError {
  message: string;
  path?: readonly (string | number)[] | undefined;
  extensions?: AnswerErrorExtensions | undefined;
}

export interface AnswerErrorExtensions {
  code?: string | undefined;
  supportReference?: string | undefined;
  /** For the shopper, in the language of the session. Absent if the shopper can do nothing about the error. */
  shopperMessage?: string | undefined;
  retryAfter?: string | undefined;
  /** The advice of a user error whose payload was not selected; see `UserError.retry`. */
  retry?: string | undefined;
}

/** What every error in the payload of a mutation has. Select it with `... on UserError { code message shopperMessage path retry }`. */
export interface UserError {
  code: string;
  message: string;
  /** For the shopper, in the language of the session. Null or absent if the shopper can do nothing about the error. */
  shopperMessage?: string | null | undefined;
  path?: readonly string[] | undefined;
  /** A `RetryAdvice`, or one that a later version of the graph adds. */
  retry: RetryAdvice | (string & {});
  /** Select `... on RateLimitError { retryAfter }`. */
  retryAfter?: string | undefined;
}

export type RetryAdvice = "DO_NOT_RETRY" | "FIX_THEN_RETRY" | "RETRY" | "READ_STATE_FIRST";

/** An answer with `errors`. `data` has the fields that could be read. */
export class AnswerHasErrors extends Error {
  override readonly name = "AnswerHasErrors";
  constructor(
    readonly errors: readonly AnswerError[],
    readonly data: unknown = null,
  ) {
    super(errors.map(describe).join("\n"));
  }

  has(code: string): boolean {
    return this.errors.some((error) => error.extensions?.code === code);
  }
}

function describe({ message, extensions = {} }: AnswerError): string {
  const { code, supportReference } = extensions;
  return `${code ?? "UNKNOWN"}: ${message}${supportReference ? ` (support reference ${supportReference})` : ""}`;
}

/**
 * No answer arrived: there is no connection, or nothing answers at the URL. What became of the request is not known.
 * `cause` is the error of `fetch`. An answer that takes too long is a `TimeoutError` instead.
 */
export class Unreachable extends Error {
  override readonly name = "Unreachable";
  constructor(cause: unknown) {
    super("The gateway cannot be reached.", { cause });
  }
}

/** For an answer that takes too long. */
export function timeoutError(limitMs: number): Error {
  return Object.assign(new Error(`The gateway did not answer within ${limitMs} ms.`), { name: "TimeoutError" });
}

/** Whether an error, or what it was caused by, says that no answer arrived, or none in time. */
export function isUnreachable(error: unknown): boolean {
  if (typeof error !== "object" || error === null) return false;
  const { cause, networkError } = error as { cause?: unknown; networkError?: unknown };
  const isLate = error instanceof Error && error.name === "TimeoutError";
  return error instanceof Unreachable || isLate || isUnreachable(cause ?? networkError);
}

/** A mutation that was refused: the errors of its payload. */
export class Refused extends Error {
  override readonly name = "Refused";
  constructor(readonly errors: readonly UserError[]) {
    super(errors.map(({ code, message }) => `${code}: ${message}`).join("\n"));
  }
}

/** The payload of a mutation without errors. Throws `Refused` if it has some. */
export function accepted<P extends { errors: readonly UserError[] }>(payload: P | null | undefined): P {
  if (!payload) throw new TypeError("The mutation has no payload.");
  if (payload.errors.length) throw new Refused(payload.errors);
  return payload;
}

/** The errors of an answer in what a GraphQL client throws or returns; null if no answer arrived, and for `Refused`. */
export function answerErrors(error: unknown): readonly AnswerError[] | null {
  if (typeof error !== "object" || error === null || error instanceof Refused) return null;
  const { errors, graphQLErrors, response, cause, networkError } = error as Record<string, unknown>;
  // In this sequence: the package and Apollo Client; urql; graphql-request.
  for (const list of [errors, graphQLErrors, (response as { errors?: unknown } | undefined)?.errors]) {
    if (Array.isArray(list) && list.length && list.every(isAnswerError)) return list;
  }
  return answerErrors(cause ?? networkError);
}

function isAnswerError(value: unknown): value is AnswerError {
  return typeof (value as { message?: unknown } | null)?.message === "string";
}
