import type { OperationVariables, TypedDocumentNode } from "@apollo/client";
import { useApolloClient } from "@apollo/client/react";
import { createContext, useCallback, useContext, useRef, useState } from "react";
import type { CheckoutAccountQuery, CheckoutCartFragment, CheckoutSettingsQuery } from "./checkout.generated";
import { attempt, type Payload } from "../graph/change";
import type { Problem } from "../problems/problem";
import { useTexts } from "../texts";
import { type Notice, ready, refusalOf, type Stage, unused } from "./order/stage";

export type Cart = CheckoutCartFragment;
export type Settings = NonNullable<CheckoutSettingsQuery["storefront"]>;
export type Account = NonNullable<CheckoutAccountQuery["shopper"]>;

/** The payload of a mutation that changes the cart. */
interface CartPayload extends Payload {
  warnings: readonly { shopperMessage?: string | null | undefined }[];
}

/** Sends a mutation. Returns its payload, or null if it was refused or failed, which the page then shows. */
export type Change = <D, V extends OperationVariables, P extends CartPayload>(
  mutation: TypedDocumentNode<D, V>,
  variables: V,
  payloadOf: (data: D) => P | null,
  options?: {
    /** Shows problems beside what they are about; returns those that are left for the top of the page. */
    showProblems?: (problems: readonly Problem[]) => readonly Problem[];
    /** Attaches the same source once more, if that may work later. The page then offers it. */
    retry?: () => void;
  },
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

interface UnderWay {
  mutation: unknown;
  variables: string;
  result: Promise<unknown>;
}

/**
 * Changes of the cart, one after the other. A second click on the same button joins the change that is under way. Another
 * change waits for it: what the drop-in has made meanwhile is attached then.
 */
export function useOneChange(setStage: (stage: Stage) => void): { isBusy: boolean; change: Change } {
  const client = useApolloClient();
  const texts = useTexts();
  const [isBusy, setBusy] = useState(false);
  const underWay = useRef<readonly UnderWay[]>([]);
  const change: Change = useCallback(
    (mutation, variables, payloadOf, options = {}) => {
      type P = NonNullable<ReturnType<typeof payloadOf>>;
      const what = { mutation, variables: JSON.stringify(variables) };
      const same = underWay.current.find((each) => each.mutation === mutation && each.variables === what.variables);
      if (same) return same.result as Promise<P | null>;
      const before = underWay.current.at(-1)?.result;
      if (!before) setStage(ready(null));
      setBusy(true);
      const entry = { ...what, result: Promise.resolve(before).then(send).finally(done) };
      underWay.current = [...underWay.current, entry];
      return entry.result;

      async function send(): Promise<P | null> {
        const attempted = await attempt(client, texts, mutation, variables, payloadOf);
        const { payload, isSessionEnded, mayWorkLater } = attempted;
        const { showProblems = (problems: readonly Problem[]) => problems, retry } = options;
        const left = isSessionEnded ? [] : showProblems(attempted.problems);
        if (isSessionEnded) setStage({ kind: "sessionEnded" });
        else if (left.length > 0) {
          setStage(ready(mayWorkLater && retry ? unused(left, retry) : refusalOf(left)));
        } else if (payload) showWarnings(payload, setStage);
        return payload;
      }

      function done(): void {
        underWay.current = underWay.current.filter((each) => each !== entry);
        setBusy(underWay.current.length > 0);
      }
    },
    [client, setStage, texts],
  );
  return { isBusy, change };
}

function showWarnings({ warnings }: CartPayload, setStage: (stage: Stage) => void): void {
  const details = warnings.flatMap(({ shopperMessage }) => (shopperMessage ? [shopperMessage] : []));
  if (details.length > 0) setStage(ready({ tone: "plain", details }));
}
