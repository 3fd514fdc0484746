import { useRef, useState } from "react";
import type { CartLinePartsFragment } from "./cart.generated";
import type { CartChanges } from "./use-cart-changes";

/**
 * The quantity of a line while the shopper changes it. The number is shown at once, amounts when they are known. Clicks
 * during a change are joined: the last number is sent.
 */
export function useQuantity(line: CartLinePartsFragment, changes: CartChanges) {
  const [shown, setShown] = useState<number | null>(null);
  const wanted = useRef<number | null>(null);
  const isSending = useRef(false);

  async function change(quantity: number) {
    wanted.current = quantity;
    setShown(quantity);
    if (isSending.current) return;
    isSending.current = true;
    while (wanted.current !== null) {
      const next: number = wanted.current;
      const isAccepted = await changes.setQuantity(line.id, next);
      if (wanted.current === next || !isAccepted) wanted.current = null;
    }
    isSending.current = false;
    setShown(null);
  }

  return { quantity: shown ?? line.quantity ?? 1, isChanging: shown !== null, change };
}
