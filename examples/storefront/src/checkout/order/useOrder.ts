import { useApolloClient } from "@apollo/client/react";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { type Agreement, Orders, Refused, SubmitRequests } from "riverfront-client";
import { lasting } from "../../parts/storage";
import { type Calls, orderCalls, type Result } from "./calls";
import { nextLookUpIn } from "./next-look-up";
import { doubt, type Known, type Stage, stageOf, stageOfFailure, stageOfResult } from "./stage";

/** After a few seconds the page says that the order is in doubt, and goes on asking. */
const PATIENCE = { reads: 2, patienceMs: 3_000 };

/** After so long without an answer, the page says the same while the request goes on. */
const SILENCE_MS = 10_000;

export interface OrderControl {
  stage: Stage;
  setStage: (stage: Stage) => void;
  /** Places the order with what the shopper has agreed to. A second click while it is under way does nothing. */
  submit: (agreement: Agreement) => Promise<void>;
  /** Looks up what became of the request that is not known to have ended, on a new connection if one is silent. */
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
    let hasEnded = false;
    const sayDoubt = async () => {
      const isWaiting = ["sending", "looking"].includes(stageNow.current.kind);
      if (isWaiting && (await requests.open()) && !hasEnded) setStage(doubt(null));
    };
    const timer = setInterval(() => void sayDoubt(), SILENCE_MS);
    try {
      const stage = await task().catch((error: unknown) => stageAfterFailure(error, requests));
      hasEnded = true;
      setStage(stage);
    } finally {
      clearInterval(timer);
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

  const lookUpOnce = useCallback(
    () =>
      run(async () => {
        const { current } = stageNow;
        if (current.kind === "doubt" && current.otherKey) return otherTab(calls, current.otherKey, current);
        return stageOf(await recovered(orders, requests, calls), false);
      }),
    [calls, orders, requests, run],
  );

  const lookUp = useCallback(async () => {
    if (isUnderWay.current) orders.wake();
    else await lookUpOnce();
  }, [lookUpOnce, orders]);

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

  useEffect(() => void lookUpOnce(), [lookUpOnce]);
  useRepeatedLookUp(stage, lookUpOnce);
  useReturn(stage, lookUp);
  return { stage, setStage, submit, lookUp, goOn, resume };
}

/** What became of the stored request; null if there is none. */
async function recovered(orders: Orders<Result>, requests: SubmitRequests, calls: Calls): Promise<Known> {
  const request = await requests.open();
  const outcome = await orders.recover();
  if (outcome || !request) return outcome;
  // Another tab has learnt the outcome meanwhile.
  const result = (await calls.read(request.idempotencyKey))?.result;
  return result ? { kind: "known", result } : null;
}

async function otherTab(calls: Calls, key: string, stage: Stage): Promise<Stage> {
  const result = (await calls.read(key))?.result;
  return !result || result.__typename === "OrderInDoubt" ? { ...stage } : stageOfResult(result, false);
}

/** Without an answer, an order that was sent is in doubt. The stored request says whether one was sent. */
async function stageAfterFailure(error: unknown, requests: SubmitRequests): Promise<Stage> {
  return (await requests.open()) ? doubt(null) : stageOfFailure(error);
}

/**
 * Looks the order up when the device is online again, and when the shopper goes back to the page: it may be as it was when
 * they left for the provider.
 */
function useReturn({ kind }: Stage, lookUp: () => Promise<void>): void {
  const waits = kind === "doubt" || kind === "sending" || kind === "looking";
  useEffect(() => {
    const look = ({ persisted }: PageTransitionEvent) => persisted && void lookUp();
    window.addEventListener("pageshow", look);
    return () => window.removeEventListener("pageshow", look);
  }, [lookUp]);
  useEffect(() => {
    if (!waits) return;
    const look = () => void lookUp();
    window.addEventListener("online", look);
    return () => window.removeEventListener("online", look);
  }, [lookUp, waits]);
}

/** While the order is in doubt: looks it up again and again. */
function useRepeatedLookUp(stage: Stage, lookUp: () => Promise<void>): void {
  useEffect(() => {
    if (stage.kind !== "doubt") return;
    const timer = setTimeout(() => void lookUp(), nextLookUpIn(stage.checkAfter, Date.now()));
    return () => clearTimeout(timer);
  }, [stage, lookUp]);
}
