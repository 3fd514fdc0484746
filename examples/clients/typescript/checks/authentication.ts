// The bank asks for an authentication after the order was submitted. Prints the outcomes of both submit requests.
// Arguments: URL of the gateway, URL of the sandbox.
import { bearerSession, Gateway, memoryStorage, newKey, Orders } from "riverfront-client";
import { ADDRESS } from "../examples/address.js";
import { createSource } from "../examples/provider.js";
import { shopOfGateway } from "../pages/clients/gateway.js";

const [gatewayUrl = "", sandbox = ""] = process.argv.slice(2);
const storage = memoryStorage();
const gateway = new Gateway(`${gatewayUrl}/graphql`, { client: "my-app", session: bearerSession(storage) });
const shop = shopOfGateway(gateway);
const orders = new Orders(shop.orders, storage);

const { product, publishableKey } = await shop.lookAround();
await shop.addLine(product.id, newKey(), "BEARER");
const paymentSession = await shop.giveDetails(ADDRESS);
const owner = { ...ADDRESS, lastName: "Decline:authentication_required" };
const source = await createSource(sandbox, publishableKey, paymentSession, owner);
const { amount, cartRevision } = await shop.attachSource(source);
const agreement = { expectedTotal: amount, ifRevision: cartRevision };
const first = await orders.submit(agreement);

type Action = { sessionId: string; sourceId: string; sourceClientSecret: string };
const { action } = (first.kind === "action" ? first.result : {}) as { action?: Action };
if (!action) throw new Error(JSON.stringify(first));
const { sessionId, sourceId, sourceClientSecret: clientSecret } = action;
// What DigitalRiver.js does in `authenticateSource`.
const headers = { Authorization: `Bearer ${publishableKey}`, "Content-Type": "application/json" };
const body = JSON.stringify({ sessionId, clientSecret });
const challenge = await fetch(`${sandbox}/payments/sources/${sourceId}/authentication`, { method: "POST", headers, body });
const { redirectUrl } = (await challenge.json()) as { redirectUrl: string };
await fetch(redirectUrl, { method: "POST", body: new URLSearchParams({ password: "password" }) });

const second = await orders.submit(agreement);
console.log(JSON.stringify([first, second].map((outcome) => ("result" in outcome ? outcome.result?.__typename : null))));
