import { useRef, useState } from "react";
import { type Account, useCheckout } from "../useCheckout";
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

  async function isConfirmed({ source, sourceClientSecret }: SavedCard, sessionId: string): Promise<boolean> {
    if (sourceClientSecret === null) return true;
    const bank = await load();
    const data = { sessionId, sourceId: source.sourceId, sourceClientSecret, returnUrl: returnUrl() };
    return (await bank.authenticateSource(data)).status !== "failed";
  }

  async function pay(card: SavedCard, sessionId: string, onAttached: () => void): Promise<void> {
    if (isUnderWay.current) return;
    isUnderWay.current = true;
    setAsking(true);
    notify(null);
    try {
      if (await isConfirmed(card, sessionId)) await attach({ paymentOptionId: card.id }, onAttached);
      else notify({ tone: "bad", text: (t) => t.bankRefused, place: "payment" });
    } catch {
      notify({ tone: "bad", text: (t) => t.formFailed, place: "payment" });
    } finally {
      isUnderWay.current = false;
      setAsking(false);
    }
  }

  return { pay, isAsking };
}
