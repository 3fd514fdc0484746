import { isUnreachable, type Outcome, Refused } from "riverfront-client";
import type { CheckoutTexts } from "../../texts/en/checkout";
import type { BoughtOrderFragment, PlacedOrderFragment } from "./order.generated";
import { paths } from "../../paths";
import { failureOf, hasEnded, type Problem } from "../../problems/problem";
import type { Result } from "./calls";

type Of<T extends Result["__typename"]> = Extract<Result, { __typename: T }>;
/** An order that another tab has placed comes without its total. */
export type PlacedOrder = BoughtOrderFragment & Partial<PlacedOrderFragment>;
export type Instructions = NonNullable<Of<"OrderAwaitingPayment">["instructions"]>;
export type Authentication = Extract<Of<"OrderActionRequired">["action"], { __typename: "AuthenticateSourceAction" }>;

/** Words in the language of the shopper, which may change while they are shown. */
export type Wording = (texts: CheckoutTexts) => string;

/** What the shopper reads above the checkout. */
export interface Notice {
  tone: "bad" | "good" | "plain";
  title?: Wording;
  text?: Wording;
  /** Sentences that the gateway worded for the shopper. */
  details?: readonly string[];
  /** For the shopper's letter to the shop. */
  reference?: string;
  /** Sends once more what got no answer. */
  retry?: () => void;
  link?: { to: string; text: Wording };
  /** Where the shopper acted; otherwise at the top of the page. Beside the drop-in, which has said what went wrong itself. */
  place?: "payment" | "dropIn";
}

/** Where the order stands, as far as this page knows. */
export type Stage =
  /** There is no order under way: the shopper may work on the checkout. */
  | { kind: "ready"; notice: Notice | null }
  /** An order was under way when the page was left. */
  | { kind: "looking" }
  | { kind: "sending" }
  /** The shopper is on the way to the provider's page. */
  | { kind: "leaving" }
  /** There may be an order. */
  | { kind: "doubt"; cause: "offline" | "unanswered" | "otherTab"; otherKey: string | null; checkAfter: number }
  /** The order waits for the shopper on the provider's page. */
  | { kind: "approval"; redirectUrl: string; goesThere: boolean }
  | { kind: "authentication"; action: Authentication; submitsAnew: boolean }
  | { kind: "placed"; order: PlacedOrder; instructions: Instructions | null }
  | { kind: "sessionEnded" };

/** What became of a submit request, or of looking for one: null if there was none. */
export type Known = Outcome<Result> | null;

/** `isSubmitted` is false if the page only looked up an earlier request. */
export function stageOf(outcome: Known, isSubmitted: boolean): Stage {
  if (outcome === null) return ready(null);
  switch (outcome.kind) {
    case "notArrived":
      return ready({ tone: "plain", text: (t) => t.notArrived });
    case "elsewhere":
      return ready(outcome.hasArrived ? elsewhere((t) => t.elsewhereArrived) : elsewhere((t) => t.elsewhere));
    case "refused":
      return stageOfFailure(new Refused(outcome.errors));
    case "unknown":
      return doubt(outcome.result);
    case "action":
    case "known":
      return stageOfResult(outcome.result, isSubmitted);
  }
}

export function stageOfResult(result: Result, isSubmitted: boolean): Stage {
  switch (result.__typename) {
    case "OrderPlaced":
      return { kind: "placed", order: result.order, instructions: null };
    case "OrderAwaitingPayment":
      return { kind: "placed", order: result.order, instructions: result.instructions ?? null };
    case "OrderActionRequired":
      return action(result, isSubmitted);
    case "OrderDeclined":
      return ready({
        tone: "bad",
        title: () => result.decline.shopperMessage,
        text: (t) => t.nothingOrdered,
      });
    case "OrderNotPlaced":
      return ready(notPlaced(result));
    case "OrderBlocked":
      return blocked(result);
    case "OrderInDoubt":
      return doubt(result);
  }
}

/** An order of another session: this page can neither show it nor say that there is none. */
function elsewhere(title: Wording): Notice {
  const link = { to: paths.findOrder, text: (t: CheckoutTexts) => t.lookUp };
  return { tone: "bad", title, text: (t) => t.elsewhereText, link };
}

/** The sentence of the gateway also says that no money was taken. */
function notPlaced(result: Of<"OrderNotPlaced">): Notice {
  const [sentence] = sentences([result]);
  if (sentence) return { tone: "bad", title: () => sentence };
  return { tone: "bad", title: (t) => t.blocked, text: (t) => t.nothingOrdered };
}

function action({ action, pendingOrder }: Of<"OrderActionRequired">, isSubmitted: boolean): Stage {
  return action.__typename === "RedirectShopperAction"
    ? { kind: "approval", redirectUrl: action.redirectUrl, goesThere: isSubmitted }
    : { kind: "authentication", action, submitsAnew: pendingOrder === null };
}

function blocked({ blockers }: Of<"OrderBlocked">): Stage {
  for (const blocker of blockers) {
    if (blocker.__typename === "AlreadyBoughtBlocker" && blocker.attempt.result) {
      const bought = blocker.attempt.result;
      if ("order" in bought) return { kind: "placed", order: bought.order, instructions: null };
    }
    if (blocker.__typename === "SubmissionInProgressBlocker") {
      return { kind: "doubt", cause: "otherTab", otherKey: blocker.attempt.idempotencyKey, checkAfter: 0 };
    }
    if (blocker.__typename === "PurchaseChangedBlocker") {
      const [before, now] = [blocker.expectedTotal.formatted, blocker.actualTotal.formatted];
      if (before === now) return ready({ tone: "bad", title: (t) => t.cartChanged, text: (t) => t.cartChangedText });
      return ready({ tone: "bad", title: (t) => t.totalChanged(before, now), text: (t) => t.totalChangedText });
    }
  }
  return ready({ tone: "bad", title: (t) => t.blocked, text: (t) => t.nothingOrdered, details: sentences(blockers) });
}

/** Without a result, an order was sent and no answer has come. */
export function doubt(result: Result | null): Stage {
  const checkAfter = result?.__typename === "OrderInDoubt" ? Date.parse(result.checkAfter) : 0;
  return { kind: "doubt", cause: navigator.onLine ? "unanswered" : "offline", otherKey: null, checkAfter };
}

/** Nothing was sent to Digital River, because the request was refused or did not reach the gateway. */
export function stageOfFailure(error: unknown): Stage {
  if (hasEnded(error)) return { kind: "sessionEnded" };
  if (error instanceof Refused) return ready(refusal(error.errors));
  const { shopperMessage, reference } = failureOf(error);
  if (shopperMessage) return ready(refusal([{ shopperMessage }], reference));
  const text: Wording = isUnreachable(error) ? (t) => t.failed : (t) => t.ourFault;
  return ready({ tone: "bad", title: (t) => t.refused, text, ...(reference ? { reference } : {}) });
}

/** What was refused, and that nothing was ordered. */
export function refusal(errors: readonly Sentence[], reference?: string): Notice {
  const details = sentences(errors);
  return { tone: "bad", title: (t) => t.refused, text: (t) => t.nothingOrdered, details, ...(reference ? { reference } : {}) };
}

/** The same, as the page words it. */
export function refusalOf(problems: readonly Problem[]): Notice {
  return refusal(problems.map(({ message }) => ({ shopperMessage: message })), referenceOf(problems));
}

function referenceOf(problems: readonly Problem[]): string | undefined {
  return problems.find(({ reference }) => reference)?.reference;
}

/** A source that the shopper has made or approved, and that could not be attached yet. It can be, without paying anew. */
export function unused(problems: readonly Problem[], retry: () => void): Notice {
  return { ...refusalOf(problems), title: (t) => t.sourceUnused, text: (t) => t.sourceUnusedText, retry };
}

interface Sentence {
  shopperMessage?: string | null | undefined;
}

/** What shoppers may read. Messages for developers stay out of the page. */
function sentences(all: readonly Sentence[]): string[] {
  return [...new Set(all.flatMap(({ shopperMessage }) => (shopperMessage ? [shopperMessage] : [])))];
}

/** The notice for one part of the page; without a part, for its top. */
export function noticeAt(place: Notice["place"], stage: Stage): Notice | null {
  return stage.kind === "ready" && stage.notice?.place === place ? stage.notice : null;
}

export function ready(notice: Notice | null): Stage {
  return { kind: "ready", notice };
}
