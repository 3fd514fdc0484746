import { accepted, cookieSession, Gateway, newKey, Orders, type Outcome } from "riverfront-client";

const here = new URLSearchParams(location.search);
const GATEWAY = here.get("gateway") ?? "http://localhost:8000";
const SANDBOX = here.get("sandbox") ?? "http://localhost:8001";

const PRODUCTS = `{
  products(first: 20) { nodes { id name kind isPurchasable pricing { salePrice { formatted } } } }
}`;

const ADD = `mutation ($key: UUID!, $productId: ID!) {
  addCartLines(input: { idempotencyKey: $key, lines: [{ product: { id: $productId } }] }) {
    cart { totalQuantity }
    errors { code message path retry }
  }
}`;

const CHECKOUT = `mutation ($address: AddressInput!) {
  prepareCheckout(input: {
    billing: { address: $address } shipping: { sameAs: BILLING } shippingOption: { rule: CHEAPEST } termsOfSaleAccepted: true
  }) {
    cart { totals { orderTotal { formatted } } paymentSession { sessionId } }
    errors { code message path retry }
  }
}`;

const PAY = `mutation ($sourceId: String!) {
  attachSource(input: { source: { sourceId: $sourceId } }) {
    paymentSession { nextAction { ... on SubmitOrderAction { amount { amount currencyCode } cartRevision } } }
    errors { code message path retry }
  }
}`;

const OUTCOME = `{
  __typename message
  ... on OrderPlaced { order { number } }
  ... on OrderDeclined { decline { shopperMessage } }
  ... on OrderActionRequired { action { ... on RedirectShopperAction { redirectUrl } } }
  ... on OrderInDoubt { checkAfter }
}`;

const SUBMIT = `mutation ($key: UUID!, $total: MoneyInput!, $revision: CartRevision) {
  submitOrder(input: { idempotencyKey: $key, expectedTotal: $total, ifRevision: $revision }) {
    result ${OUTCOME} errors { code message path retry }
  }
}`;

const RESUME = `mutation ($key: UUID!) {
  resumeOrder(input: { idempotencyKey: $key }) { result ${OUTCOME} errors { code message path retry } }
}`;

const READ = `query ($key: UUID!) { orderSubmission(idempotencyKey: $key) { status result ${OUTCOME} } }`;

const gateway = new Gateway(`${GATEWAY}/graphql`, { client: "my-shop", session: cookieSession() });
// In a real shop, graphql-codegen writes the types of the answers.
const ask = (document: string, variables = {}) => gateway.ask<any, any>(document, variables);

const orders = new Orders<any>(
  {
    async submit({ idempotencyKey: key, expectedTotal: { amount, currencyCode }, ifRevision: revision }) {
      return (await ask(SUBMIT, { key, total: { amount, currencyCode }, revision })).submitOrder;
    },
    resume: async (key) => (await ask(RESUME, { key })).resumeOrder,
    read: async (key) => (await ask(READ, { key })).orderSubmission,
  },
  localStorage,
);

const address = {
  firstName: "Ada", lastName: "Lovelace", line1: "10380 Bren Road W", city: "Minnetonka",
  countrySubdivision: "MN", postalCode: "55343", countryCode: "US", phoneNumber: "952-555-0100", email: "ada@example.com",
};

async function buy(productId: string): Promise<Outcome<any>> {
  accepted((await ask(ADD, { key: newKey(), productId })).addCartLines);
  const { cart } = accepted((await ask(CHECKOUT, { address })).prepareCheckout) as any;
  say(`Total ${cart.totals.orderTotal.formatted}. Paying …`);
  const sourceId = await pay(cart.paymentSession.sessionId);
  const { paymentSession } = accepted((await ask(PAY, { sourceId })).attachSource) as any;
  const { amount, cartRevision } = paymentSession.nextAction;
  return orders.submit({ expectedTotal: amount, ifRevision: cartRevision });
}

/** In production, DigitalRiver.js collects the card and creates the source. The sandbox makes one of a test scenario. */
async function pay(sessionId: string): Promise<string> {
  const page = location.href;
  const body = JSON.stringify({ sessionId, scenario: scenario.value, returnUrl: page, cancelUrl: page });
  const answer = await fetch(`${SANDBOX}/_sandbox/sources`, { method: "POST", body });
  return (await answer.json()).sourceId;
}

function finish(outcome: Outcome<any> | null): void {
  if (outcome === null) return;
  if (outcome.kind === "refused") return say(outcome.errors.map(({ message }) => message).join(" "));
  if (outcome.kind === "unknown") return say("We are still checking your order. Reload this page in a minute.");
  const { order, decline, action, message } = outcome.result;
  if (action?.redirectUrl) return location.assign(action.redirectUrl);
  say(order ? `Thank you! Your order number is ${order.number}.` : (decline?.shopperMessage ?? message));
}

// The page.

const app = document.querySelector<HTMLElement>("#app")!;
app.innerHTML = `<h1>My shop</h1><label>Pay with <select></select></label><ul></ul><p role="status"></p>`;
const scenario = app.querySelector("select")!;
const list = app.querySelector("ul")!;

function say(text: string): void {
  app.querySelector("p")!.textContent = text;
}

async function during(task: () => Promise<Outcome<any> | null>): Promise<void> {
  list.inert = true;
  await task().then(finish, (error: unknown) => say(String(error)));
  list.inert = false;
}

scenario.append(...["creditCard", "creditCard-declined", "afterPay"].map((name) => new Option(name)));
for (const { id, name, kind, isPurchasable, pricing } of (await ask(PRODUCTS)).products.nodes) {
  if (kind !== "PHYSICAL" || !isPurchasable) continue;
  const button = document.createElement("button");
  button.textContent = `${name}, ${pricing?.salePrice?.formatted}`;
  button.addEventListener("click", () => void during(() => buy(id)));
  list.append(document.createElement("li"));
  list.lastElementChild!.append(button);
}
// After a reload, or back from the provider: what became of the order that was under way?
await during(() => orders.recover());
