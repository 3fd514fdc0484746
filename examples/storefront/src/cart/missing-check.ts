import { useCallback, useEffect, useRef, useState } from "react";
import { nextLookUpIn } from "../checkout/order/next-look-up";

/** A reason why the cart may not become an order, as far as it may be a rule that could not be checked. */
interface Blocker {
  __typename: string;
  shopperMessage: string | null;
  retryAfter?: string;
}

export interface MissingCheck {
  isMissing: boolean;
  /** What the gateway says about it to the shopper.  */
  messages: readonly string[];
  isChecking: boolean;
  checkNow: () => void;
}

/** Whether a rule could not be checked: there is nothing to correct. */
export function isCheck({ __typename }: { __typename: string }): boolean {
  return __typename === "CheckUnavailableBlocker";
}

/** Reads the cart again while a rule could not be checked: at the time that the gateway names, and when asked to. */
export function useMissingCheck(blockers: readonly Blocker[], read: () => Promise<unknown>): MissingCheck {
  const checks = blockers.filter(isCheck);
  const times = checks.flatMap(({ retryAfter }) => (retryAfter ? [Date.parse(retryAfter)] : []));
  const checkAfter = checks.length > 0 ? Math.max(0, ...times) : null;
  const [readings, setReadings] = useState(0);
  const [isChecking, setChecking] = useState(false);
  const isUnderWay = useRef(false);

  const checkNow = useCallback(() => {
    if (isUnderWay.current) return;
    isUnderWay.current = true;
    setChecking(true);
    // A page that could not be read shows what it knew. It is read again after a while, as if the check was still missing.
    void read()
      .catch(() => {})
      .then(() => {
        isUnderWay.current = false;
        setChecking(false);
        setReadings((before) => before + 1);
      });
  }, [read]);

  useEffect(() => {
    if (checkAfter === null) return;
    const timer = setTimeout(checkNow, nextLookUpIn(checkAfter, Date.now()));
    window.addEventListener("online", checkNow);
    return () => {
      clearTimeout(timer);
      window.removeEventListener("online", checkNow);
    };
  }, [checkAfter, checkNow, readings]);

  const messages = [...new Set(checks.flatMap(({ shopperMessage }) => shopperMessage ?? []))];
  return { isMissing: checks.length > 0, messages, isChecking, checkNow };
}
