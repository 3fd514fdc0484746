// A guest's purchase by an app, with a bearer. Arguments: URL of the gateway, URL of the sandbox.
import { randomUUID } from "node:crypto";
import { accepted, Gateway } from "./gateway.js";
import {
  type AddressInput,
  GuestDetailsDocument,
  GuestFirstLineDocument,
  GuestOrderDocument,
  GuestSourceDocument,
  LookAroundDocument,
} from "./graph/graphql.js";
import { createCard } from "./provider.js";

const [gatewayUrl = "http://127.0.0.1:8000", sandboxUrl = "http://127.0.0.1:8001"] = process.argv.slice(2);

const address: AddressInput = {
  firstName: "Ada",
  lastName: "Lovelace",
  line1: "10380 Bren Road W",
  city: "Minnetonka",
  countrySubdivision: "MN",
  postalCode: "55343",
  countryCode: "US",
  phoneNumber: "952-555-0100",
  email: "ada@example.com",
};

const gateway = new Gateway(gatewayUrl);

const { storefront, products } = await gateway.ask(LookAroundDocument);
const product = products?.nodes.find(({ kind, isPurchasable }) => kind === "PHYSICAL" && isPurchasable);
if (!storefront || !product) throw new Error("The shop sells no physical product.");

const line = { key: randomUUID(), productId: product.id, delivery: "BEARER" } as const;
const added = accepted((await gateway.ask(GuestFirstLineDocument, line)).addCartLines);
gateway.bearer = added.bearerToken;
console.log(`In the cart: ${product.name}`);

const { cart } = accepted((await gateway.ask(GuestDetailsDocument, { address })).prepareCheckout);
const collect = cart?.paymentSession?.nextAction;
if (collect?.__typename !== "CollectSourceAction") {
  throw new Error(`The next action is ${collect?.__typename}, not CollectSourceAction.`);
}
// Digital River may not report an amount. Without a total, the next action would not be SubmitOrderAction.
console.log(`To pay: ${collect.amountDue?.formatted ?? "unknown"}`);

const { sessionId } = collect.dropIn;
const sourceId = await createCard(sandboxUrl, storefront.publishableKey, sessionId, address);
const attached = accepted((await gateway.ask(GuestSourceDocument, { sourceId })).attachSource);
const ready = attached.paymentSession?.nextAction;
if (ready?.__typename !== "SubmitOrderAction") {
  throw new Error(`The next action is ${ready?.__typename}, not SubmitOrderAction.`);
}

const { amount, currencyCode } = ready.amount;
const order = { key: randomUUID(), total: { amount, currencyCode }, revision: ready.cartRevision };
const { result } = accepted((await gateway.ask(GuestOrderDocument, order)).submitOrder);
// The compiler knows the fields of each outcome.
switch (result?.__typename) {
  case "OrderPlaced":
    console.log(`Order number ${result.order.number}`);
    break;
  case "OrderDeclined":
    throw new Error(result.decline.shopperMessage ?? result.message);
  default:
    throw new Error(`No order was placed: ${result?.__typename}. ${result?.message}`);
}
