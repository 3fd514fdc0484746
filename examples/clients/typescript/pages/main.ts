// A small page that buys a product with one of the clients. Its URL has what is chosen in its form, and may name the
// gateway and the sandbox: ?client=apollo&session=bearer&pay=redirect&gateway=http://localhost:8010
import { bearerSession, cookieSession, Orders, type Outcome } from "riverfront-client";
import { type Payment, TEST_CARD } from "../examples/provider.js";
import { CLIENTS } from "./clients.js";
import { buy } from "./purchase.js";
import type { Delivery, PlacedOrder } from "./shop.js";

const PAYMENTS: Record<string, Payment> = {
  card: TEST_CARD,
  redirect: { type: "afterPay", afterPay: { returnUrl: location.href, cancelUrl: location.href } },
};

const parameters = new URLSearchParams(location.search);
const url = `${parameters.get("gateway") ?? "http://localhost:8000"}/graphql`;
const sandbox = parameters.get("sandbox") ?? "http://localhost:8001";

const element = <E extends HTMLElement>(id: string) => document.getElementById(id) as E;
const button = element<HTMLButtonElement>("buy");
const form = element<HTMLFormElement>("choices");

/** The selected value of the form. The URL selects it; another choice loads the page anew. */
function choice(name: string): string {
  const select = form.elements.namedItem(name) as HTMLSelectElement;
  select.value = parameters.get(name) ?? select.value;
  select.addEventListener("change", () => {
    parameters.set(name, select.value);
    location.search = String(parameters);
  });
  return select.value;
}

function step(message: string): void {
  element("steps").append(Object.assign(document.createElement("li"), { textContent: message }));
}

function show(kind: string, message: string): void {
  Object.assign(element("outcome"), { textContent: message }).dataset["kind"] = kind;
}

/** Shows what became of an order, or sends the shopper to the page of the provider. */
function finish(outcome: Outcome<PlacedOrder> | null): void {
  if (!outcome) return;
  if (outcome.kind === "refused") {
    return show("refused", outcome.errors.map((error) => error.shopperMessage ?? error.message).join(" "));
  }
  if (outcome.kind === "unknown") return show("unknown", "Your order is being checked. Reload this page in a minute.");
  if (outcome.kind === "notArrived") return show("notArrived", "Your order has not reached us. Order again: it is placed once.");
  if (outcome.kind === "elsewhere") return show("elsewhere", "If your last order was placed, you have a mail from us.");
  const { __typename, order, action, shopperMessage, message } = outcome.result;
  if (outcome.kind === "action" && action?.redirectUrl) return location.assign(action.redirectUrl);
  show(__typename, order ? `Order number ${order.number}` : (shopperMessage ?? message));
}

/** Shows the outcome of a task, or why it failed. The button waits meanwhile. */
async function report(task: Promise<Outcome<PlacedOrder> | null>): Promise<void> {
  button.disabled = true;
  await task.then(finish).catch((error: unknown) => show("failed", String(error)));
  button.disabled = false;
}

const names = form.elements.namedItem("client") as HTMLSelectElement;
names.append(...Object.keys(CLIENTS).map((name) => new Option(name)));
const client = CLIENTS[choice("client")];
if (!client) throw new Error(`Choose one of ?client=${Object.keys(CLIENTS).join(", ")}.`);
const delivery = choice("session").toUpperCase() as Delivery;
const payment = PAYMENTS[choice("pay")];
const session = delivery === "BEARER" ? bearerSession(sessionStorage) : cookieSession();
const shop = (await client()).connect(url, session);
const orders = new Orders(shop.orders, sessionStorage);

button.addEventListener("click", () => void report(buy(shop, orders, { sandbox, delivery, payment, step })));
// An order that was under way when the page was left: after a reload, or on the way back from the provider.
await report(orders.recover());
