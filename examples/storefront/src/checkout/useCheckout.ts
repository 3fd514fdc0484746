import type { OperationVariables, TypedDocumentNode } from "@apollo/client";
import { useApolloClient } from "@apollo/client/react";
import { createContext, useCallback, useContext, useRef, useState } from "react";
import type { CheckoutAccountQuery, CheckoutCartFragment, CheckoutSettingsQuery } from "./checkout.generated";
import { attempt, type Payload } from "../graph/change";
import type { Problem } from "../problems/problem";
import { useTexts } from "../texts";
import { type Notice, ready, refusal, type Stage } from "./order/stage";

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
  /** Shows problems beside what they are about; returns those that are left for the top of the page. */
  showProblems?: (problems: readonly Problem[]) => readonly Problem[],
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
export function useOneChange(setStage: (stage: Stage) => void): { isBusy: boolean; change: Change } {
  const client = useApolloClient();
  const texts = useTexts();
  const [isBusy, setBusy] = useState(false);
  const isUnderWay = useRef(false);
  const change: Change = useCallback(
    async (mutation, variables, payloadOf, showProblems = (problems) => problems) => {
      if (isUnderWay.current) return null;
      isUnderWay.current = true;
      setBusy(true);
      setStage(ready(null));
      const { payload, problems, isSessionEnded } = await attempt(client, texts, mutation, variables, payloadOf);
      const left = isSessionEnded ? [] : showProblems(problems);
      if (isSessionEnded) setStage({ kind: "sessionEnded" });
      else if (left.length > 0) setStage(ready(refusal(left.map(({ message }) => message))));
      else if (payload) showWarnings(payload, setStage);
      isUnderWay.current = false;
      setBusy(false);
      return payload;
    },
    [client, setStage, texts],
  );
  return { isBusy, change };
}

function showWarnings({ warnings }: CartPayload, setStage: (stage: Stage) => void): void {
  const details = warnings.flatMap(({ shopperMessage }) => (shopperMessage ? [shopperMessage] : []));
  if (details.length > 0) setStage(ready({ tone: "plain", details }));
}
