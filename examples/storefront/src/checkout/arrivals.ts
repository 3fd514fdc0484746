// Ways on which a shopper arrives at the checkout while a payment or an order is under way.
import { useApolloClient } from "@apollo/client/react";
import { useEffect, useRef, useState } from "react";
import { useNavigate } from "react-router";
import { CheckoutAttachDocument } from "./checkout.generated";
import { orderCalls, type Result } from "./order/calls";
import { type Notice, type PlacedOrder, ready, refusalOf, type Stage, stageOfResult, unused } from "./order/stage";
import type { OrderControl } from "./order/useOrder";
import { attempt } from "../graph/change";
import { paths } from "../paths";
import { useTexts } from "../texts";
import { removeApproval, storeApproval, storedApproval } from "./payment/approval";
import { placedPath } from "./placed";
import type { Loaded } from "./useLoadedCheckout";

interface Arrival {
  /** Whether the payment is being looked at. */
  isLooking: boolean;
  /** What the shopper reads while the page cannot be read. */
  waiting: Notice | null;
}

const WAITING: Notice = { tone: "plain", title: (t) => t.sourceUnused, text: (t) => t.sourceUnusedText };

/**
 * The shopper comes back from a page on which a payment is approved before the order is placed. The payment waits in the
 * browser until the gateway has answered whether it can pay: neither a page that cannot be read nor a lost answer loses it.
 */
export function useReturn(isReturn: boolean, { stage, setStage }: OrderControl, loaded: Loaded): Arrival {
  const client = useApolloClient();
  const texts = useTexts();
  const navigate = useNavigate();
  const [hasPaid] = useState(() => (isReturn ? storedApproval() !== null : Boolean(storedApproval()?.hasReturned)));
  const [isDone, setDone] = useState(!isReturn && !hasPaid);
  const isUnderWay = useRef(false);
  // An order that was under way is looked up first: if there is one, it is what the shopper comes back to.
  const isFree = stage.kind === "ready" && (loaded.kind === "loaded" || loaded.kind === "empty");
  const isEmpty = loaded.kind === "empty";
  useEffect(() => {
    if (isDone || !isFree || isUnderWay.current) return;
    isUnderWay.current = true;
    void used().then((stage) => {
      if (stage) setStage(stage);
      setDone(true);
      isUnderWay.current = false;
      if (isReturn) void navigate(paths.checkout, { replace: true });
    });

    async function used(): Promise<Stage | null> {
      const approval = storedApproval();
      if (!approval) return null;
      storeApproval({ ...approval, hasReturned: true });
      if (isEmpty) {
        removeApproval();
        return ready({ tone: "plain", text: (t) => t.approvalUnused });
      }
      const variables = { source: { sourceId: approval.sourceId } };
      const attached = await attempt(client, texts, CheckoutAttachDocument, variables, (data) => data.attachSource);
      if (attached.mayWorkLater) {
        const retry = () => {
          setStage(ready(null));
          setDone(false);
        };
        return ready(unused(attached.problems, retry));
      }
      removeApproval();
      if (attached.payload) return ready({ tone: "good", text: (t) => t.approved });
      if (attached.isSessionEnded) return { kind: "sessionEnded" };
      const isUnapproved = attached.problems.some(({ code }) => code === "SOURCE_NOT_CHARGEABLE");
      return ready(
        isUnapproved
          ? { tone: "bad", text: (t) => t.approvalMissing, place: "payment" }
          : { ...refusalOf(attached.problems), place: "payment" },
      );
    }
  }, [client, isDone, isEmpty, isFree, isReturn, navigate, setStage, texts]);
  return { isLooking: !isDone && isFree, waiting: !isDone && hasPaid ? WAITING : null };
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
 * The cart is empty: the order that this session has placed last, if there is one. A page that has shown the cart goes to
 * an order that was placed since, because another tab has bought the cart meanwhile.
 */
export function useBoughtOrder({ stage, setStage }: OrderControl, loaded: Loaded): PlacedOrder | null {
  const client = useApolloClient();
  const [bought, setBought] = useState<PlacedOrder | null>(null);
  const whenShown = useRef<Promise<Bought | null> | null>(null);
  // Without a session there is no order to show, and the question would be an error.
  const isEmpty = loaded.kind === "empty" && loaded.hasSession && stage.kind === "ready";
  useEffect(() => {
    const { read } = orderCalls(client);
    const latest = () => read().then((reading) => boughtBy(reading?.result));
    if (loaded.kind === "loaded") {
      whenShown.current ??= latest();
      whenShown.current.catch(() => {}); // Without an answer, it is not known what was bought since.
    }
    if (!isEmpty) return;
    const shown = whenShown.current;
    Promise.all([latest(), shown]).then(
      ([now, before]) => {
        if (!now) return;
        if (shown && before?.order.id !== now.order.id) setStage(stageOfResult(now, false));
        else setBought(now.order);
      },
      () => {}, // The page of the empty cart does without it.
    );
  }, [client, isEmpty, loaded.kind, setStage]);
  return bought;
}

type Bought = Extract<Result, { order: unknown }>;

function boughtBy(result: Result | null | undefined): Bought | null {
  return result && "order" in result ? result : null;
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
