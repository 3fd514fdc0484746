// A guest's purchase by an app, with a bearer. Arguments: URL of the gateway, URL of the sandbox.
import { accepted, bearerSession, Gateway, memoryStorage, newKey, Orders } from "riverfront-client";
import {
  GuestDetailsDocument,
  GuestFirstLineDocument,
  GuestOrderDocument,
  type GuestOrderMutation,
  GuestSourceDocument,
  LookAroundDocument,
  ReturnFromRedirectDocument,
  SubmissionOutcomeDocument,
} from "../generated/strings/graphql.js";
import { ADDRESS } from "./address.js";
import { createSource } from "./provider.js";

type OrderResult = NonNullable<NonNullable<GuestOrderMutation["submitOrder"]>["result"]>;

const [gatewayUrl = "http://127.0.0.1:8000", sandboxUrl = "http://127.0.0.1:8001"] = process.argv.slice(2);

// An app would store the session and the submit request on the device.
const storage = memoryStorage();
const gateway = new Gateway(`${gatewayUrl}/graphql`, { client: "typescript-example", session: bearerSession(storage) });

const orders = new Orders<OrderResult>(
  {
    async submit({ idempotencyKey: key, expectedTotal: total, ifRevision }) {
      const { submitOrder } = await gateway.ask(GuestOrderDocument, { key, total, revision: ifRevision ?? null });
      if (!submitOrder) throw new TypeError("The mutation has no payload.");
      return submitOrder;
    },
    async resume(key) {
      const { resumeOrder } = await gateway.ask(ReturnFromRedirectDocument, { key });
      if (!resumeOrder) throw new TypeError("The mutation has no payload.");
      return resumeOrder;
    },
    read: async (key) => (await gateway.ask(SubmissionOutcomeDocument, { key })).orderSubmission,
  },
  storage,
);

const { storefront, products } = await gateway.ask(LookAroundDocument);
const product = products?.nodes.find(({ kind, isPurchasable }) => kind === "PHYSICAL" && isPurchasable);
if (!storefront || !product) throw new Error("The shop sells no physical product.");

const line = { key: newKey(), productId: product.id, delivery: "BEARER" } as const;
accepted((await gateway.ask(GuestFirstLineDocument, line)).addCartLines);
console.log(`In the cart: ${product.name}`);

const { cart } = accepted((await gateway.ask(GuestDetailsDocument, { address: ADDRESS })).prepareCheckout);
const collect = cart?.paymentSession?.nextAction;
if (collect?.__typename !== "CollectSourceAction") {
  throw new Error(`The next action is ${collect?.__typename}, not CollectSourceAction.`);
}
// Digital River may not report an amount. Without a total, the next action would not be SubmitOrderAction.
console.log(`To pay: ${collect.amountDue?.formatted ?? "unknown"}`);

const { sessionId } = collect.dropIn;
const sourceId = await createSource(sandboxUrl, storefront.publishableKey, sessionId, ADDRESS);
const attached = accepted((await gateway.ask(GuestSourceDocument, { sourceId })).attachSource);
const ready = attached.paymentSession?.nextAction;
if (ready?.__typename !== "SubmitOrderAction") {
  throw new Error(`The next action is ${ready?.__typename}, not SubmitOrderAction.`);
}

const outcome = await orders.submit({ expectedTotal: ready.amount, ifRevision: ready.cartRevision });
if (outcome.kind !== "known") throw new Error(`No order was placed: ${JSON.stringify(outcome)}`);
// The compiler knows the fields of each outcome.
const { result } = outcome;
switch (result.__typename) {
  case "OrderPlaced":
    console.log(`Order number ${result.order.number}`);
    break;
  case "OrderDeclined":
    throw new Error(result.decline.shopperMessage);
  default:
    throw new Error(`No order was placed: ${result.__typename}. ${result.message}`);
}
