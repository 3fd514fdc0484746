import type { ApolloClient, DefaultContext } from "@apollo/client";
import type { CallOptions, OrderCalls, Reading, Submitted } from "riverfront-client";
import {
  type CheckoutOutcomeFragment,
  CheckoutResumeDocument,
  CheckoutSessionDocument,
  CheckoutSubmissionDocument,
  CheckoutSubmitDocument,
} from "./order.generated";
import { sent } from "../../graph/change";
import { startSession } from "../../graph/session";
import { shownMarket } from "../../market/choose";

/** An outcome of the submit request. */
export type Result = CheckoutOutcomeFragment;

export interface Calls extends OrderCalls<Result> {
  /** Without a key: the order of this cart that waits to be finished. */
  resume: (idempotencyKey?: string, options?: CallOptions) => Promise<Submitted<Result>>;
  /** Without a key: the order of this cart that is under way, otherwise the latest of the session. */
  read: (idempotencyKey?: string, options?: CallOptions) => Promise<Reading<Result> | null>;
}

/** The operations with which `Orders` of riverfront-client places an order at most once. */
export function orderCalls(client: ApolloClient): Calls {
  return {
    submit: ({ idempotencyKey: key, expectedTotal: total, ifRevision: revision, termsOfSaleAccepted: terms }, options) =>
      sent(client, CheckoutSubmitDocument, { key, total, revision, terms }, (data) => data.submitOrder, endedBy(options)),
    resume: (key?: string, options?: CallOptions) =>
      sent(client, CheckoutResumeDocument, { key: key ?? null }, (data) => data.resumeOrder, endedBy(options)),
    // The outcome and the session change without a mutation of this page, so they are never read from the cache.
    async read(key, options) {
      const variables = { key: key ?? null };
      const query = { query: CheckoutSubmissionDocument, variables, fetchPolicy: "no-cache", context: endedBy(options) } as const;
      return (await client.query(query)).data.orderSubmission;
    },
    async sessionId(options) {
      const query = { query: CheckoutSessionDocument, fetchPolicy: "no-cache", context: endedBy(options) } as const;
      return (await client.query(query)).data.session?.id;
    },
    startSession: () => startSession(client, shownMarket()),
  };
}

function endedBy(options: CallOptions | undefined): DefaultContext {
  return options ? { fetchOptions: { signal: options.signal } } : {};
}
