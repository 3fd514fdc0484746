import { useApolloClient } from "@apollo/client/react";
import { useCallback } from "react";
import type { SourceChoice } from "../../graph/schema.generated";
import {
  CheckoutAttachDocument,
  CheckoutMethodsDocument,
  CheckoutRemoveCreditDocument,
  CheckoutSaveCardDocument,
  CheckoutUseCreditDocument,
} from "../checkout.generated";
import { hasEnded, problemsOf } from "../../problems/problem";
import { useTexts } from "../../texts";
import { unused } from "../order/stage";
import { useCheckout } from "../useCheckout";
import { storeApproval } from "./approval";
import type { Source } from "./digitalRiver";

export interface Payment {
  /** Pays with a source or a saved card. What got no answer can be sent again. */
  attach: (source: SourceChoice, onAttached: () => void) => Promise<void>;
  /** Goes on with the source that the drop-in made. */
  take: (source: Source, isForStorage: boolean, onAttached: () => void) => Promise<void>;
  applyCredit: (isUsed: boolean) => Promise<void>;
}

/** How the shopper pays. The graph decides what comes next: `nextAction` of the payment session. */
export function usePayment(): Payment {
  const { change, setStage, notify } = useCheckout();
  const client = useApolloClient();
  const texts = useTexts();

  const attach: Payment["attach"] = useCallback(
    async (source, onAttached) => {
      async function send(): Promise<void> {
        const retry = () => void send();
        if (await change(CheckoutAttachDocument, { source }, (data) => data.attachSource, { retry })) onAttached();
      }
      await send();
    },
    [change],
  );

  /** Whether the shopper approves the payment before the order is placed. */
  const isApprovedFirst = useCallback(
    async ({ type }: Source) => {
      const { data } = await client.query({ query: CheckoutMethodsDocument });
      const methods = data.availablePaymentMethods?.methods ?? [];
      return methods.find((method) => method.type === type)?.sequence === "REDIRECT_THEN_SUBMIT";
    },
    [client],
  );

  const take: Payment["take"] = useCallback(
    async (source, isForStorage, onAttached) => {
      async function goOn(): Promise<void> {
        if (source.state === "failed") {
          notify({ tone: "bad", text: (t) => t.sourceFailed, place: "payment" });
        } else if (source.state === "pending_redirect" && source.redirect && (await isApprovedFirst(source))) {
          storeApproval({ sourceId: source.id });
          setStage({ kind: "leaving" });
          location.assign(source.redirect.redirectUrl);
        } else {
          // If the card cannot be saved, it still pays for this order.
          if (isForStorage) await change(CheckoutSaveCardDocument, { sourceId: source.id }, (data) => data.savePaymentOption);
          await attach({ sourceId: source.id }, onAttached);
        }
      }
      /** The payment methods could not be read: the source waits until they can. */
      async function tryToUse(): Promise<void> {
        try {
          await goOn();
        } catch (error) {
          if (hasEnded(error)) setStage({ kind: "sessionEnded" });
          else notify(unused(problemsOf(error, texts), () => void tryToUse()));
        }
      }
      await tryToUse();
    },
    [attach, change, isApprovedFirst, notify, setStage, texts],
  );

  const applyCredit = useCallback(
    async (isUsed: boolean) => {
      await (isUsed
        ? change(CheckoutUseCreditDocument, {}, (data) => data.applyStoreCredit)
        : change(CheckoutRemoveCreditDocument, {}, (data) => data.removeStoreCredit));
    },
    [change],
  );

  return { attach, take, applyCredit };
}
