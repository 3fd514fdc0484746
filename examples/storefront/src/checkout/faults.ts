import { answerErrors, type UserError } from "riverfront-client";

const ENDED = ["SESSION_EXPIRED", "SESSION_REQUIRED"];

/** Whether a mutation was refused because the session has ended. */
export function endsSession(errors: readonly Pick<UserError, "code">[]): boolean {
  return errors.some(({ code }) => ENDED.includes(code));
}

/** Whether a request failed because the session has ended. */
export function isSessionEnd(error: unknown): boolean {
  return answerErrors(error)?.some(({ extensions }) => ENDED.includes(extensions?.code ?? "")) ?? false;
}
