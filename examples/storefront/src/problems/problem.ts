import { adviceOf, answerErrors, isUnreachable, Refused, type UserError } from "riverfront-client";
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

/**
 * What went wrong, for the shopper: each error in the payload of a mutation that was refused; otherwise the network, or
 * the first error of an answer. The gateway words most of it, in the language of the session.
 */
export function problemsOf(error: unknown, texts: Texts): readonly [Problem, ...Problem[]] {
  const refusals = error instanceof Refused ? error.errors.map((each) => refusal(each, texts)) : [];
  const [first = failure(error, texts), ...others] = refusals;
  return [first, ...others];
}

function refusal({ code, shopperMessage, path }: UserError, texts: Texts): Problem {
  return {
    message: shopperMessage ?? messageOf(code, texts, texts.problems.refused),
    code,
    ...(path ? { path } : {}),
  };
}

function failure(error: unknown, texts: Texts): Problem {
  const { code, reference, shopperMessage } = failureOf(error);
  const { offline, failed } = texts.problems;
  const message = shopperMessage ?? messageOf(code, texts, isUnreachable(error) ? offline : failed);
  return { message, ...(code ? { code } : {}), ...(reference ? { reference } : {}) };
}

/** What the gateway says about an answer with errors. Empty if no answer arrived, or if the page has a fault. */
export function failureOf(error: unknown): { code?: string; reference?: string; shopperMessage?: string } {
  const { code, supportReference: reference, shopperMessage } = answerErrors(error)?.[0]?.extensions ?? {};
  return { ...(code ? { code } : {}), ...(reference ? { reference } : {}), ...(shopperMessage ? { shopperMessage } : {}) };
}

const ENDED = new Set(["SESSION_EXPIRED", "SESSION_REQUIRED"]);

/** Whether an error says that there is no session, or that it has ended. */
export function hasEnded(error: unknown): boolean {
  const refusals = error instanceof Refused ? error.errors : [];
  const codes = [...refusals, ...(answerErrors(error) ?? []).map(({ extensions }) => extensions ?? {})];
  return codes.some(({ code }) => code !== undefined && ENDED.has(code));
}

const PASSING = ["RETRY", "READ_STATE_FIRST"];

/** Whether the same request may be accepted later. Otherwise the gateway has refused what was sent. */
export function isTemporary(error: unknown): boolean {
  if (hasEnded(error)) return false;
  return !(error instanceof Refused) || PASSING.includes(adviceOf(error.errors) ?? "");
}

function messageOf(code: string | undefined, texts: Texts, otherwise: string): string {
  if (code !== undefined && ENDED.has(code)) return texts.problems.sessionEnded;
  return code === "SIGN_IN_REQUIRED" ? texts.problems.signInNeeded : otherwise;
}
