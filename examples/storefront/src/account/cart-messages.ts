import type { CartTransitionOutcome } from "../graph/schema.generated";
import type { Texts } from "../texts";

/** What became of the guest's cart, for the shopper. Nothing if it is as it was. */
export function cartMessages(
  transition: { outcome: CartTransitionOutcome; quantityBefore: number; quantityAfter: number } | null,
  warnings: readonly { shopperMessage: string | null }[],
  { account }: Texts,
): string[] {
  const known = warnings.flatMap(({ shopperMessage }) => shopperMessage ?? []);
  const isMerged = transition?.outcome === "MERGED" && transition.quantityAfter > transition.quantityBefore;
  const merged = isMerged ? [account.cartMerged(transition.quantityAfter - transition.quantityBefore)] : [];
  const isUnexplained = transition?.outcome === "CHANGED" && known.length === 0;
  return [...new Set([...merged, ...known, ...(isUnexplained ? [account.cartChanged] : [])])];
}
