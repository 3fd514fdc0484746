// Ways on which a shopper arrives at the checkout while a payment or an order is under way.
import { useApolloClient } from "@apollo/client/react";
import { useEffect, useRef, useState } from "react";
import { useNavigate } from "react-router";
import { CheckoutAttachDocument } from "./checkout.generated";
import { CheckoutSubmissionDocument } from "./order/order.generated";
import { type Notice, type PlacedOrder, ready, stageOfResult } from "./order/stage";
import type { OrderControl } from "./order/useOrder";
import { attempt } from "../graph/change";
import { paths } from "../paths";
import { useTexts } from "../texts";
import { takeApproval } from "./payment/approval";
import { placedPath } from "./placed";
import type { Loaded } from "./useLoadedCheckout";

/**
 * The shopper comes back from a page on which a payment is approved before the order is placed. Returns whether the
 * payment is being looked at.
 */
export function useReturn(isReturn: boolean, { stage, setStage }: OrderControl, loaded: Loaded): boolean {
  const client = useApolloClient();
  const texts = useTexts();
  const navigate = useNavigate();
  const [isDone, setDone] = useState(false);
  const hasBegun = useRef(false);
  // An order that was under way is looked up first: if there is one, it is what the shopper comes back to.
  const isFree = stage.kind === "ready" && loaded.kind !== "loading";
  useEffect(() => {
    if (!isReturn || !isFree || hasBegun.current) return;
    hasBegun.current = true;
    const approval = takeApproval();
    const source = approval && loaded.kind === "loaded" ? { sourceId: approval.sourceId } : null;
    const attached = source ? attach() : Promise.resolve(null);
    void attached.then((notice) => {
      if (notice) setStage(ready(notice));
      setDone(true);
      void navigate(paths.checkout, { replace: true });
    });

    async function attach(): Promise<Notice> {
      const variables = { source: source! };
      const { payload, problems } = await attempt(client, texts, CheckoutAttachDocument, variables, (data) => data.attachSource);
      if (payload) return { tone: "good", text: (t) => t.approved };
      const isAnswered = problems.some(({ code }) => code !== undefined);
      return { tone: "bad", text: isAnswered ? (t) => t.approvalMissing : (t) => t.failed, place: "payment" };
    }
  }, [client, isFree, isReturn, loaded.kind, navigate, setStage, texts]);
  return isReturn && !isDone && isFree;
}

/** Once the order is placed, the shopper reads its page. The back button does not lead to the checkout of an empty cart. */
export function usePlacedOrder({ stage }: OrderControl): void {
  const navigate = useNavigate();
  useEffect(() => {
    if (stage.kind !== "placed") return;
    const { order, instructions } = stage;
    void navigate(placedPath(order.id), { replace: true, state: { order, instructions } });
  }, [navigate, stage]);
}

/**
 * The cart is empty: the order that this session has placed last, if there is one. A page that has just shown the cart
 * goes to the order, because another tab has bought the cart meanwhile.
 */
export function useBoughtOrder({ stage, setStage }: OrderControl, loaded: Loaded): PlacedOrder | null {
  const client = useApolloClient();
  const [bought, setBought] = useState<PlacedOrder | null>(null);
  const hasShownCart = useRef(false);
  // Without a session there is no order to show, and the question would be an error.
  const isEmpty = loaded.kind === "empty" && loaded.hasSession && stage.kind === "ready";
  useEffect(() => {
    if (loaded.kind === "loaded") hasShownCart.current = true;
    if (!isEmpty) return;
    const query = { query: CheckoutSubmissionDocument, variables: { key: null }, fetchPolicy: "no-cache" } as const;
    client.query(query).then(
      ({ data }) => {
        const result = data.orderSubmission?.result;
        if (!result || !("order" in result)) return;
        if (hasShownCart.current) setStage(stageOfResult(result, false));
        else setBought(result.order);
      },
      () => {}, // The page of the empty cart does without it.
    );
  }, [client, isEmpty, loaded.kind, setStage]);
  return bought;
}

/** The cart waits for a provider, but this browser has not sent the order: it was sent from another device. */
export function useFoundOrder({ stage, setStage, resume }: OrderControl, loaded: Loaded): void {
  const action = loaded.kind === "loaded" ? loaded.checkout.cart.paymentSession?.nextAction : null;
  const isFree = stage.kind === "ready" && !stage.notice;
  useEffect(() => {
    if (!isFree || !action) return;
    if (action.__typename === "RedirectShopperAction") {
      setStage({ kind: "approval", redirectUrl: action.redirectUrl, goesThere: false });
    }
    if (action.__typename === "ResumeOrderAction") void resume(action.idempotencyKey ?? null);
  }, [action, isFree, resume, setStage]);
}
