// What the page needs of a GraphQL client, and the operations that most of the clients send.
import { accepted, type OrderCalls, type Result, retrying, type Submitted, type UserError } from "riverfront-client";
import type { Money } from "riverfront-client/money";
import type * as graph from "../generated/strings/graphql.js";

export type Delivery = graph.SessionDelivery;

/** The outcomes of an order, with what the page shows of them. */
export interface PlacedOrder extends Result {
  message: string;
  shopperMessage?: string | null;
  order?: { number: string };
  action?: { redirectUrl?: string };
}

/** The operations of the page, sent by one of the clients. */
export interface Shop {
  lookAround(): Promise<{ publishableKey: string; product: { id: string; name: string } }>;
  addLine(productId: string, key: string, delivery: Delivery): Promise<void>;
  /** Returns the payment session for which the card is created. */
  giveDetails(address: graph.AddressInput): Promise<string>;
  /** Returns what the shopper agrees to when they buy. */
  attachSource(sourceId: string): Promise<{ amount: Money; cartRevision: string }>;
  orders: OrderCalls<PlacedOrder>;
}

interface Typed<R, V> {
  __apiType?: (variables: V) => R;
}

export type Ask = <R, V>(document: Typed<R, V>, variables: V) => Promise<R>;

/** Documents that graphql-codegen has written, as strings or as syntax trees. */
export interface Documents {
  LookAroundDocument: Typed<graph.LookAroundQuery, graph.LookAroundQueryVariables>;
  GuestFirstLineDocument: Typed<graph.GuestFirstLineMutation, graph.GuestFirstLineMutationVariables>;
  GuestDetailsDocument: Typed<graph.GuestDetailsMutation, graph.GuestDetailsMutationVariables>;
  GuestSourceDocument: Typed<graph.GuestSourceMutation, graph.GuestSourceMutationVariables>;
  GuestOrderDocument: Typed<graph.GuestOrderMutation, graph.GuestOrderMutationVariables>;
  ReturnFromRedirectDocument: Typed<graph.ReturnFromRedirectMutation, graph.ReturnFromRedirectMutationVariables>;
  SubmissionOutcomeDocument: Typed<graph.SubmissionOutcomeQuery, graph.SubmissionOutcomeQueryVariables>;
}

/** The page's operations, with the functions by which a client sends a query and a mutation. */
export function shopOf(documents: Documents, { query, mutate }: { query: Ask; mutate: Ask }): Shop {
  return {
    async lookAround() {
      const { storefront, products } = await query(documents.LookAroundDocument, {});
      return firstProduct(storefront?.publishableKey, products?.nodes);
    },
    async addLine(productId, key, delivery) {
      const variables = { productId, key, delivery };
      await change(async () => (await mutate(documents.GuestFirstLineDocument, variables)).addCartLines);
    },
    async giveDetails(address) {
      const send = async () => (await mutate(documents.GuestDetailsDocument, { address })).prepareCheckout;
      return paymentSessionId((await change(send)).cart?.paymentSession?.nextAction);
    },
    async attachSource(sourceId) {
      const send = async () => (await mutate(documents.GuestSourceDocument, { sourceId })).attachSource;
      return agreement((await change(send)).paymentSession?.nextAction);
    },
    orders: {
      async submit({ idempotencyKey: key, expectedTotal: total, ifRevision }) {
        const variables = { key, total, revision: ifRevision ?? null };
        return payloadOf((await mutate(documents.GuestOrderDocument, variables)).submitOrder);
      },
      async resume(key) {
        return payloadOf((await mutate(documents.ReturnFromRedirectDocument, { key })).resumeOrder);
      },
      async read(key) {
        return (await query(documents.SubmissionOutcomeDocument, { key })).orderSubmission as Reading | null;
      },
    },
  };
}

type Reading = { status: string; result: PlacedOrder | null };

/** The payload of a change of the cart. It is sent again while the gateway advises so, such as for CART_BUSY. */
function change<P extends { errors: readonly UserError[] }>(send: () => Promise<P | null>): Promise<P> {
  return retrying(async () => present(await send())).then(accepted);
}

export function payloadOf(payload: unknown): Submitted<PlacedOrder> {
  return present(payload) as Submitted<PlacedOrder>;
}

function present<P>(payload: P | null | undefined): P {
  if (!payload) throw new TypeError("The mutation has no payload.");
  return payload;
}

export function firstProduct(
  publishableKey: string | undefined,
  products: readonly { id: string; name: string; kind: string; isPurchasable: boolean }[] = [],
) {
  const product = products.find(({ kind, isPurchasable }) => kind === "PHYSICAL" && isPurchasable);
  if (!publishableKey || !product) throw new Error("The storefront sells no physical product.");
  return { publishableKey, product };
}

type NextAction =
  | { __typename: "CollectSourceAction"; dropIn: { sessionId: string } }
  | { __typename: "SubmitOrderAction"; amount: Money; cartRevision: string }
  | { __typename: string };

export function paymentSessionId(action: NextAction | null | undefined): string {
  if (action?.__typename === "CollectSourceAction" && "dropIn" in action) return action.dropIn.sessionId;
  throw new Error(`The next action is ${action?.__typename}, not CollectSourceAction.`);
}

export function agreement(action: NextAction | null | undefined): { amount: Money; cartRevision: string } {
  if (action?.__typename === "SubmitOrderAction" && "cartRevision" in action) return action;
  throw new Error(`The next action is ${action?.__typename}, not SubmitOrderAction.`);
}
