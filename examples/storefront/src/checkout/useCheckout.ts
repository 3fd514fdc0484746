import { createContext, useCallback, useContext, useRef, useState } from "react";
import { type RetryAdvice, retrying, type UserError } from "riverfront-client";
import type { CheckoutAccountQuery, CheckoutCartFragment, CheckoutSettingsQuery } from "../generated/graphql";
import { endsSession, isSessionEnd } from "./faults";
import type { Notice, Stage } from "./order/stage";
import { ready, refusal } from "./order/stage";

export type Cart = CheckoutCartFragment;
export type Settings = NonNullable<CheckoutSettingsQuery["storefront"]>;
export type Account = NonNullable<CheckoutAccountQuery["shopper"]>;

/** The payload of a mutation that changes the cart. */
interface Payload {
  errors: readonly (Omit<UserError, "retry"> & { retry: RetryAdvice | (string & {}) })[];
  warnings: readonly { shopperMessage?: string | null | undefined }[];
}

/** Sends a mutation. Returns its payload, or null if it was refused or failed, which the page then shows. */
export type Change = <P extends Payload>(
  send: () => Promise<P | null | undefined>,
  /** Shows errors beside what they are about; returns those that are left for the top of the page. */
  showErrors?: (errors: P["errors"]) => P["errors"],
) => Promise<P | null>;

export interface Checkout {
  cart: Cart;
  settings: Settings;
  account: Account | null;
  isRegistered: boolean;
  locale: string;
  stage: Stage;
  setStage: (stage: Stage) => void;
  notify: (notice: Notice | null) => void;
  isBusy: boolean;
  change: Change;
}

export const CheckoutContext = createContext<Checkout | null>(null);

export function useCheckout(): Checkout {
  const checkout = useContext(CheckoutContext);
  if (!checkout) throw new Error("This component belongs into the checkout.");
  return checkout;
}

/** Changes of the cart, one at a time. A click while one is under way does nothing. */
export function useChange(setStage: (stage: Stage) => void): { isBusy: boolean; change: Change } {
  const [isBusy, setBusy] = useState(false);
  const isUnderWay = useRef(false);
  const change: Change = useCallback(
    async (send, showErrors = (errors) => errors) => {
      if (isUnderWay.current) return null;
      isUnderWay.current = true;
      setBusy(true);
      setStage(ready(null));
      try {
        const payload = await retrying(async () => present(await send()));
        if (endsSession(payload.errors)) setStage({ kind: "sessionEnded" });
        else if (payload.errors.length > 0) show(showErrors(payload.errors), setStage);
        else showWarnings(payload, setStage);
        return payload.errors.length > 0 ? null : payload;
      } catch (error) {
        const failed: Notice = { tone: "bad", title: (t) => t.refused, text: (t) => t.failed };
        setStage(isSessionEnd(error) ? { kind: "sessionEnded" } : ready(failed));
        return null;
      } finally {
        isUnderWay.current = false;
        setBusy(false);
      }
    },
    [setStage],
  );
  return { isBusy, change };
}

function present<P>(payload: P | null | undefined): P {
  if (!payload) throw new TypeError("The mutation has no payload.");
  return payload;
}

function show(errors: Payload["errors"], setStage: (stage: Stage) => void): void {
  if (errors.length > 0) setStage(ready(refusal(errors)));
}

function showWarnings({ warnings }: Payload, setStage: (stage: Stage) => void): void {
  const details = warnings.flatMap(({ shopperMessage }) => (shopperMessage ? [shopperMessage] : []));
  if (details.length > 0) setStage(ready({ tone: "plain", details }));
}
