// An app is closed while it buys, and opened again after its session has ended: it learns that there is an order.
// Arguments: URL of the gateway, URL of the sandbox, and what the app has stored. Without it, the app buys, and what it
// has stored is printed. With it, the app recovers, and the outcome is printed.
import { accepted, bearerSession, Gateway, type KeyValueStorage, memoryStorage, Orders } from "riverfront-client";
import { shopOfGateway } from "../pages/clients/gateway.js";
import { buy } from "../pages/purchase.js";

const [gatewayUrl = "", sandbox = "", stored] = process.argv.slice(2);

const device = memoryStorage();
const names = ["riverfront.session", "riverfront.submit-request"];
for (const [name, value] of Object.entries(JSON.parse(stored ?? "{}") as Record<string, string>)) device.setItem(name, value);

/** The app is closed before it can note that the outcome is known. */
const closing: KeyValueStorage = { ...device, removeItem: () => {} };

const gateway = new Gateway(`${gatewayUrl}/graphql`, { client: "my-app", session: bearerSession(device) });
const { orders: calls, ...shop } = shopOfGateway(gateway);
const start = `mutation { startSession(input: { delivery: BEARER }) {
  bearerToken errors { code message path retry } } }`;

type Started = { startSession: { errors: [] } };
const startSession = async () => accepted((await gateway.ask<Started, Record<string, never>>(start)).startSession);

if (stored) {
  console.log(JSON.stringify(await new Orders({ ...calls, startSession }, device).recover()));
} else {
  await buy({ ...shop, orders: calls }, new Orders(calls, closing), { sandbox, delivery: "BEARER" });
  console.log(JSON.stringify(Object.fromEntries(names.map((name) => [name, device.getItem(name)]))));
}
