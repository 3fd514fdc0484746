import { useRef, useState } from "react";
import { type Account, useCheckout } from "../useCheckout";
import type { Notice } from "../order/stage";
import { askBank } from "./askBank";
import type { Payment } from "./usePayment";
import { returnUrl, useDigitalRiver } from "./useDigitalRiver";

type SavedCard = NonNullable<Account["paymentOptions"]>[number];

interface SavedCardPayment {
  pay: (card: SavedCard, sessionId: string, onAttached: () => void) => Promise<void>;
  isAsking: boolean;
}

/** Pays with a saved card. Its bank may want to know who pays, and is asked before the card is attached. */
export function useSavedCard(attach: Payment["attach"]): SavedCardPayment {
  const { notify } = useCheckout();
  const load = useDigitalRiver();
  const isUnderWay = useRef(false);
  const [isAsking, setAsking] = useState(false);

  async function objection({ source, sourceClientSecret }: SavedCard, sessionId: string): Promise<Notice | null> {
    if (sourceClientSecret === null) return null;
    return askBank(load, { sessionId, sourceId: source.sourceId, sourceClientSecret, returnUrl: returnUrl() });
  }

  async function pay(card: SavedCard, sessionId: string, onAttached: () => void): Promise<void> {
    if (isUnderWay.current) return;
    isUnderWay.current = true;
    setAsking(true);
    notify(null);
    const notice = await objection(card, sessionId);
    if (notice) notify(notice);
    else await attach({ paymentOptionId: card.id }, onAttached);
    isUnderWay.current = false;
    setAsking(false);
  }

  return { pay, isAsking };
}
