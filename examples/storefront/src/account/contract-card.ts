import type { Problem } from "../problems/problem";

/** The saved cards to which a subscription can be moved. */
export function choosable<Option extends { id: string; isExpired: boolean }>(
  options: readonly Option[],
  current: { id: string } | null,
): Option[] {
  return options.filter(({ id, isExpired }) => !isExpired && id !== current?.id);
}

/** Refusals of the change itself. After another failure, such as a lost answer, either card may pay. */
const REFUSED = new Set(["NOT_FOUND", "CONTRACT_CHANGE_NOT_ALLOWED", "SOURCE_NOT_REUSABLE"]);

/** Whether the card that paid before pays on. */
export function isCardUnchanged(problems: readonly Problem[]): boolean {
  return problems.length > 0 && problems.every(({ code }) => code !== undefined && REFUSED.has(code));
}
