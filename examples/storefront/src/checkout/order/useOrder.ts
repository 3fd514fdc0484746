import { useApolloClient } from "@apollo/client/react";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { type Agreement, Orders, Refused, SubmitRequests } from "riverfront-client";
import { lasting } from "../../parts/storage";
import { type Calls, orderCalls, type Result } from "./calls";
import { nextLookUpIn } from "./next-look-up";
import { type Known, type Stage, stageOf, stageOfFailure, stageOfResult } from "./stage";

/** After a few seconds the page says that the order is in doubt, and goes on asking. */
const PATIENCE = { reads: 2, patienceMs: 3_000 };

export interface OrderControl {
  stage: Stage;
  setStage: (stage: Stage) => void;
  /** Places the order with what the shopper has agreed to. A second click while it is under way does nothing. */
  submit: (agreement: Agreement) => Promise<void>;
  /** Looks up what became of the request that is not known to have ended. */
  lookUp: () => Promise<void>;
  /** Goes on after the shopper has authenticated: at the total to which they agreed before. */
  goOn: () => Promise<void>;
  /** Finishes an order that the shopper has approved, and that this browser has not sent. */
  resume: (idempotencyKey: string | null) => Promise<void>;
}

/** The request to place the order, from the click to the outcome, also across a reload. */
export function useOrder(): OrderControl {
  const client = useApolloClient();
  const { calls, orders, requests } = useMemo(() => {
    const calls = orderCalls(client);
    return { calls, orders: new Orders(calls, lasting, PATIENCE), requests: new SubmitRequests(lasting) };
  }, [client]);
  const [stage, setStage] = useState<Stage>({ kind: "looking" });
  const isUnderWay = useRef(false);
  const stageNow = useRef(stage);
  useEffect(() => {
    stageNow.current = stage;
  });

  /** Runs one task at a time, and shows where the order then stands. */
  const run = useCallback(async (task: () => Promise<Stage>) => {
    if (isUnderWay.current) return;
    isUnderWay.current = true;
    try {
      setStage(await task());
    } catch (error) {
      setStage(await stageAfterFailure(error, requests));
    } finally {
      isUnderWay.current = false;
    }
  }, [requests]);

  const submit = useCallback(
    (agreement: Agreement) =>
      run(async () => {
        setStage({ kind: "sending" });
        return stageOf(await orders.submit(agreement), true);
      }),
    [orders, run],
  );

  const lookUp = useCallback(
    () =>
      run(async () => {
        const { current } = stageNow;
        if (current.kind === "doubt" && current.otherKey) return otherTab(calls, current.otherKey, current);
        return stageOf(await recovered(orders, requests, calls), false);
      }),
    [calls, orders, requests, run],
  );

  const goOn = useCallback(
    () =>
      run(async () => {
        const { current } = stageNow;
        const request = await requests.open();
        setStage({ kind: "sending" });
        const submitsAnew = current.kind === "authentication" && current.submitsAnew && request !== null;
        return stageOf(submitsAnew ? await orders.submit(request) : await recovered(orders, requests, calls), true);
      }),
    [calls, orders, requests, run],
  );

  const resume = useCallback(
    (key: string | null) =>
      run(async () => {
        setStage({ kind: "looking" });
        const { result, errors } = await calls.resume(key ?? undefined);
        return result ? stageOfResult(result, false) : stageOfFailure(new Refused(errors));
      }),
    [calls, run],
  );

  useEffect(() => void lookUp(), [lookUp]);
  useRepeatedLookUp(stage, lookUp);
  useReturnByBackButton(lookUp);
  return { stage, setStage, submit, lookUp, goOn, resume };
}

/** What became of the stored request; null if there is none. */
async function recovered(orders: Orders<Result>, requests: SubmitRequests, calls: Calls): Promise<Known> {
  const request = await requests.open();
  if (!request) return null;
  const outcome = await orders.recover();
  if (outcome) return outcome;
  // Either the request never reached the gateway, or another tab has learnt its outcome meanwhile.
  const result = (await calls.read(request.idempotencyKey))?.result;
  return result ? { kind: "known", result } : "neverArrived";
}

async function otherTab(calls: Calls, key: string, stage: Stage): Promise<Stage> {
  const result = (await calls.read(key))?.result;
  return !result || result.__typename === "OrderInDoubt" ? { ...stage } : stageOfResult(result, false);
}

/** Without an answer, an order that was sent is in doubt. The stored request says whether one was sent. */
async function stageAfterFailure(error: unknown, requests: SubmitRequests): Promise<Stage> {
  if (await requests.open()) {
    return { kind: "doubt", cause: navigator.onLine ? "unanswered" : "offline", otherKey: null, checkAfter: 0 };
  }
  return stageOfFailure(error);
}

/** A page to which the shopper goes back from the provider may be as it was when they left, with the order under way. */
function useReturnByBackButton(lookUp: () => Promise<void>): void {
  useEffect(() => {
    const look = ({ persisted }: PageTransitionEvent) => persisted && void lookUp();
    window.addEventListener("pageshow", look);
    return () => window.removeEventListener("pageshow", look);
  }, [lookUp]);
}

/** While the order is in doubt: looks it up again and again, and at once when the device is online again. */
function useRepeatedLookUp(stage: Stage, lookUp: () => Promise<void>): void {
  useEffect(() => {
    if (stage.kind !== "doubt") return;
    const timer = setTimeout(() => void lookUp(), nextLookUpIn(stage.checkAfter, Date.now()));
    const look = () => void lookUp();
    window.addEventListener("online", look);
    return () => {
      clearTimeout(timer);
      window.removeEventListener("online", look);
    };
  }, [stage, lookUp]);
}
