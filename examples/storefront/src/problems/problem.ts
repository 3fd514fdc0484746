import { answerErrors, type UserError } from "riverfront-client";
import type { Texts } from "../texts";

/** What the shopper reads about an error. */
export interface Problem {
  message: string;
  /** The input that the error is about, as the graph names it. */
  path?: readonly string[];
  code?: string;
  /** For the shopper's letter to the shop. */
  reference?: string;
}

/** An error that was thrown: of the network, or in `errors` of an answer. */
export function problemOf(error: unknown, texts: Texts): Problem {
  const [first] = answerErrors(error) ?? [];
  if (!first) return { message: isOffline(error) ? texts.problems.offline : texts.problems.failed };
  const { code, supportReference, shopperMessage } = (first.extensions ?? {}) as Record<string, string | undefined>;
  const message = shopperMessage ?? messageOf(code, texts);
  return { message, ...(code ? { code } : {}), ...(supportReference ? { reference: supportReference } : {}) };
}

/** Errors in the payload of a mutation. The gateway words them for the shopper, in the language of the session. */
export function problemsOf(errors: readonly UserError[], texts: Texts): Problem[] {
  return errors.map(({ code, shopperMessage, path }) => ({
    message: shopperMessage ?? messageOf(code, texts, texts.problems.refused),
    code,
    ...(path ? { path } : {}),
  }));
}

/** Whether no answer arrived: the browser has no connection, or the shop does not answer. */
export function isOffline(error: unknown): boolean {
  return !navigator.onLine || (error instanceof TypeError && answerErrors(error) === null);
}

const ENDED = new Set(["SESSION_EXPIRED", "SESSION_REQUIRED"]);

/** An error in a payload that says the same as `hasEnded`. */
export function isOfEndedSession({ code }: { code: string }): boolean {
  return ENDED.has(code);
}

/** Whether an error that was thrown says that there is no session, or that it has ended. */
export function hasEnded(error: unknown): boolean {
  return answerErrors(error)?.some(({ extensions }) => ENDED.has(extensions?.code ?? "")) ?? false;
}

function messageOf(code: string | undefined, texts: Texts, otherwise = texts.problems.failed): string {
  if (code !== undefined && ENDED.has(code)) return texts.problems.sessionEnded;
  return code === "SIGN_IN_REQUIRED" ? texts.problems.signInNeeded : otherwise;
}
