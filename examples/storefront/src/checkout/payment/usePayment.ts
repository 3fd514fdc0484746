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
import { useCheckout } from "../useCheckout";
import { storeApproval } from "./approval";
import type { Source } from "./digitalRiver";

export interface Payment {
  /** Pays with a source or a saved card. Returns whether it is attached now. */
  attach: (source: SourceChoice) => Promise<boolean>;
  /** Goes on with the source that the drop-in made. */
  take: (source: Source, isForStorage: boolean) => Promise<boolean>;
  applyCredit: (isUsed: boolean) => Promise<void>;
}

/** How the shopper pays. The graph decides what comes next: `nextAction` of the payment session. */
export function usePayment(): Payment {
  const { change, setStage, notify } = useCheckout();
  const client = useApolloClient();

  const attach = useCallback(
    async (source: SourceChoice) =>
      (await change(CheckoutAttachDocument, { source }, (data) => data.attachSource)) !== null,
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

  const take = useCallback(
    async (source: Source, isForStorage: boolean) => {
      if (source.state === "failed") {
        notify({ tone: "bad", text: (t) => t.sourceFailed, place: "payment" });
        return false;
      }
      if (source.state === "pending_redirect" && source.redirect && (await isApprovedFirst(source))) {
        storeApproval({ sourceId: source.id });
        setStage({ kind: "leaving" });
        location.assign(source.redirect.redirectUrl);
        return false;
      }
      if (isForStorage) {
        // If the card cannot be saved, it still pays for this order.
        await change(CheckoutSaveCardDocument, { sourceId: source.id }, (data) => data.savePaymentOption);
      }
      return attach({ sourceId: source.id });
    },
    [attach, change, isApprovedFirst, notify, setStage],
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
