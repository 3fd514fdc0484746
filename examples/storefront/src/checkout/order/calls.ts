import type { ApolloClient } from "@apollo/client";
import type { OrderCalls, Submitted } from "riverfront-client";
import {
  type CheckoutOutcomeFragment,
  CheckoutResumeDocument,
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
  resume: (idempotencyKey?: string) => Promise<Submitted<Result>>;
}

/** The operations with which `Orders` of riverfront-client places an order at most once. */
export function orderCalls(client: ApolloClient): Calls {
  return {
    submit: ({ idempotencyKey: key, expectedTotal: total, ifRevision: revision, termsOfSaleAccepted: terms }) =>
      sent(client, CheckoutSubmitDocument, { key, total, revision, terms }, (data) => data.submitOrder),
    resume: (key?: string) => sent(client, CheckoutResumeDocument, { key: key ?? null }, (data) => data.resumeOrder),
    async read(key) {
      // The outcome changes without a mutation, so it is never read from the cache.
      const query = { query: CheckoutSubmissionDocument, variables: { key }, fetchPolicy: "no-cache" } as const;
      const { data } = await client.query(query);
      return data.orderSubmission;
    },
    startSession: () => startSession(client, shownMarket()),
  };
}
