const CHECK_EVERY_MS = 4_000;

/** The clock of the shopper's device may be wrong by hours, so no later time than this is waited for. */
const CHECK_WITHIN_MS = 30_000;

/** Milliseconds until an order in doubt is looked up again. `checkAfter` is the time from which the gateway knows more. */
export function nextLookUpIn(checkAfter: number, now: number): number {
  return Math.min(CHECK_WITHIN_MS, Math.max(CHECK_EVERY_MS, checkAfter - now));
}
