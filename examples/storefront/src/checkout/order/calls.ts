import type { ApolloClient } from "@apollo/client";
import type { OrderCalls, Submitted } from "riverfront-client";
import {
  CheckoutNextSessionDocument,
  type CheckoutOutcomeFragment,
  CheckoutResumeDocument,
  CheckoutSubmissionDocument,
  CheckoutSubmitDocument,
} from "../../generated/graphql";

/** An outcome of the submit request. */
export type Result = CheckoutOutcomeFragment;

export interface Calls extends OrderCalls<Result> {
  /** Without a key: the order of this cart that waits to be finished. */
  resume: (idempotencyKey?: string) => Promise<Submitted<Result>>;
}

/** The operations with which `Orders` of riverfront-client places an order at most once. */
export function orderCalls(client: ApolloClient): Calls {
  return {
    async submit({ idempotencyKey: key, expectedTotal: total, ifRevision: revision, termsOfSaleAccepted: terms }) {
      const variables = { key, total, revision, terms };
      const { data } = await client.mutate({ mutation: CheckoutSubmitDocument, variables });
      return payload(data.submitOrder);
    },
    async resume(key?: string) {
      const { data } = await client.mutate({ mutation: CheckoutResumeDocument, variables: { key: key ?? null } });
      return payload(data.resumeOrder);
    },
    async read(key) {
      // The outcome changes without a mutation, so it is never read from the cache.
      const query = { query: CheckoutSubmissionDocument, variables: { key }, fetchPolicy: "no-cache" } as const;
      const { data } = await client.query(query);
      return data.orderSubmission;
    },
    startSession: () => client.mutate({ mutation: CheckoutNextSessionDocument }),
  };
}

function payload<P extends Submitted<Result>>(sent: P | null | undefined): P {
  if (!sent) throw new TypeError("The mutation has no payload.");
  return sent;
}
