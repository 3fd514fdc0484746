import { accepted, cookieSession, Gateway, newKey, Orders, Refused, type Outcome } from "riverfront-client";

const here = new URLSearchParams(location.search);
const GATEWAY = here.get("gateway") ?? "http://localhost:8000";
const SANDBOX = here.get("sandbox") ?? "http://localhost:8001";

const ERRORS = `errors { code message shopperMessage path retry }`;

const PRODUCTS = `{
  products(first: 20) { nodes { id name kind isPurchasable pricing { salePrice { formatted } } } }
}`;

const CART = `{
  cart { revision totalQuantity totals { orderTotal { formatted amount currencyCode } } paymentSession { sessionId } }
}`;

const METHODS = `{
  availablePaymentMethods(filter: { usableOnly: true }) { methods { type displayName sequence } }
}`;

const ADD = `mutation ($key: UUID!, $productId: ID!) {
  addCartLines(input: { idempotencyKey: $key, lines: [{ product: { id: $productId } }] }) { ${ERRORS} }
}`;

const CHECKOUT = `mutation ($address: AddressInput!) {
  prepareCheckout(input: {
    billing: { address: $address } shipping: { sameAs: BILLING } shippingOption: { rule: CHEAPEST } termsOfSaleAccepted: true
  }) { ${ERRORS} }
}`;

const PAY = `mutation ($sourceId: String!, $revision: CartRevision) {
  attachSource(input: { source: { sourceId: $sourceId }, ifRevision: $revision }) {
    paymentSession { nextAction { __typename ... on SubmitOrderAction { cartRevision } } }
    ${ERRORS}
  }
}`;

const OUTCOME = `{
  __typename shopperMessage
  ... on OrderPlaced { order { number } }
  ... on OrderBlocked { blockers { code shopperMessage } }
  ... on OrderActionRequired { pendingOrder { id } action { ... on RedirectShopperAction { redirectUrl } } }
  ... on OrderInDoubt { checkAfter }
}`;

const SUBMIT = `mutation ($key: UUID!, $total: MoneyInput!, $revision: CartRevision) {
  submitOrder(input: { idempotencyKey: $key, expectedTotal: $total, ifRevision: $revision }) { result ${OUTCOME} ${ERRORS} }
}`;

const RESUME = `mutation ($key: UUID!) {
  resumeOrder(input: { idempotencyKey: $key }) { result ${OUTCOME} ${ERRORS} }
}`;

const READ = `query ($key: UUID!) { orderSubmission(idempotencyKey: $key) { status result ${OUTCOME} } }`;

const START = `mutation { startSession(input: {}) { ${ERRORS} } }`;

const DETACH = `mutation { detachSource(input: { target: { all: true } }) { ${ERRORS} } }`;

const SIGN_IN = `mutation ($username: String!, $password: String!) {
  signIn(input: { credentials: { password: { username: $username, password: $password } } }) {
    session { shopper { firstName } }
    ${ERRORS}
  }
}`;

const gateway = new Gateway(`${GATEWAY}/graphql`, { client: "my-shop", session: cookieSession() });
// In a real shop, graphql-codegen writes the types of the answers.
const ask = (document: string, variables = {}) => gateway.ask<any, any>(document, variables);

const orders = new Orders<any>(
  {
    submit: async ({ idempotencyKey: key, expectedTotal: total, ifRevision: revision }) =>
      (await ask(SUBMIT, { key, total, revision })).submitOrder,
    resume: async (key) => (await ask(RESUME, { key })).resumeOrder,
    read: async (key) => (await ask(READ, { key })).orderSubmission,
    sessionId: async () => (await ask("{ session { id } }")).session?.id,
    startSession: async () => accepted((await ask(START)).startSession),
  },
  localStorage,
);

const address = {
  firstName: "Ada", lastName: "Lovelace", line1: "10380 Bren Road W", city: "Minnetonka",
  countrySubdivision: "MN", postalCode: "55343", countryCode: "US", phoneNumber: "952-555-0100", email: "ada@example.com",
};

/** Fills the cart. A real shop asks for the address in a form. */
async function add(productId: string): Promise<void> {
  accepted((await ask(ADD, { key: newKey(), productId })).addCartLines);
  accepted((await ask(CHECKOUT, { address })).prepareCheckout);
}

/** What the shopper agrees to: this cart, at this total. */
interface Agreement {
  sourceId: string;
  total: { amount: string; currencyCode: string };
  revision: string;
}

async function pay(cart: any): Promise<Outcome<any> | null> {
  say("Paying …");
  const [scenario = "", sequence] = method.value.split(" ");
  const { sourceId, redirectUrl } = await createSource(cart.paymentSession.sessionId, scenario);
  const agreement = { sourceId, total: cart.totals.orderTotal, revision: cart.revision };
  if (sequence !== "REDIRECT_THEN_SUBMIT") return buy(agreement);
  // Such as PayPal: the shopper approves before the source can be attached. `finishPayment` goes on when they are back.
  sessionStorage.setItem("agreement", JSON.stringify(agreement));
  location.assign(redirectUrl);
  return null;
}

async function finishPayment(): Promise<Outcome<any> | null> {
  const stored = sessionStorage.getItem("agreement");
  sessionStorage.removeItem("agreement");
  return stored === null ? null : buy(JSON.parse(stored));
}

async function buy({ sourceId, total, revision }: Agreement): Promise<Outcome<any>> {
  const { paymentSession }: any = accepted((await ask(PAY, { sourceId, revision })).attachSource);
  const { __typename, cartRevision } = paymentSession.nextAction;
  if (__typename !== "SubmitOrderAction") throw new Error(`This page has no code for ${__typename}.`);
  return orders.submit({ expectedTotal: total, ifRevision: cartRevision });
}

/** In production, DigitalRiver.js collects the card and creates the source. The sandbox makes one of a test scenario. */
async function createSource(sessionId: string, scenario: string): Promise<{ sourceId: string; redirectUrl: string }> {
  const page = location.href;
  const body = JSON.stringify({ sessionId, scenario, returnUrl: page, cancelUrl: page });
  const answer = await fetch(`${SANDBOX}/_sandbox/sources`, { method: "POST", body });
  if (!answer.ok) throw new Error(await answer.text());
  return answer.json();
}

/** For guests: a new cart with the same contents, and the order that waited for the provider ends. */
async function payAnotherWay(): Promise<Outcome<any> | null> {
  const { errors } = (await ask(DETACH)).detachSource;
  const outcome = await orders.recover();
  if (outcome?.kind === "action") throw new Refused(errors);
  return outcome; // An order, if the approval came first.
}

async function signIn(username: string, password: string): Promise<void> {
  const { session }: any = accepted((await ask(SIGN_IN, { username, password })).signIn);
  say(`Hello ${session.shopper.firstName}!`);
}

// The page.

const app = document.querySelector<HTMLElement>("#app")!;
app.innerHTML = `<h1>My shop</h1><button>Sign in</button><ul></ul>
  <form hidden><strong></strong> <label>Pay with <select></select></label> <button>Pay</button></form><p role="status"></p>`;
const [list, form, total, method, status] = ["ul", "form", "strong", "select", "p"].map((name) =>
  app.querySelector<any>(name),
);

function say(text: string, ...buttons: HTMLElement[]): void {
  status.replaceChildren(text, ...buttons);
}

function button(text: string, task: () => Promise<Outcome<any> | null | void>): HTMLButtonElement {
  const made = document.createElement("button");
  made.textContent = text;
  made.onclick = () => during(task);
  return made;
}

let cart: any = null; // The cart that the shopper sees.

async function show(): Promise<void> {
  ({ cart } = await ask(CART));
  form.hidden = !cart?.totalQuantity;
  if (form.hidden) return;
  total.textContent = `${cart.totalQuantity} in the cart, ${cart.totals.orderTotal.formatted}`;
  const { methods } = (await ask(METHODS)).availablePaymentMethods;
  const declined = { displayName: "A card that is declined", type: "creditCard-declined", sequence: "SUBMIT" };
  const options = [...methods, declined].map(({ type, displayName, sequence }: any) => {
    const value = `${type} ${sequence}`;
    return new Option(displayName, value, false, value === method.value);
  });
  method.replaceChildren(...options);
}

function finish(outcome: Outcome<any>, isBack: boolean): void {
  if (outcome.kind === "refused") throw new Refused(outcome.errors);
  if (outcome.kind === "unknown") return say("We are still checking your order. Please reload this page in a minute.");
  if (outcome.kind === "notArrived") return say("Your order has not reached us. Pay again: it is placed only once.");
  if (outcome.kind === "elsewhere") return say("Your last order may have been placed. Please look for a mail from us.");
  const { order, action, blockers = [], shopperMessage } = outcome.result;
  const redirectUrl = action?.redirectUrl;
  if (redirectUrl && !isBack) return location.assign(redirectUrl);
  // Back without a decision. Sending the shopper to the provider again would leave them no choice.
  const goOn = redirectUrl && button("Continue", async () => location.assign(redirectUrl));
  if (goOn) return say(shopperMessage, goOn, button("Pay another way", payAnotherWay));
  if (order) return say(`Thank you! Your order number is ${order.number}.`);
  say([shopperMessage, ...blockers.map((blocker: any) => blocker.shopperMessage)].filter(Boolean).join(" "));
}

async function during(task: () => Promise<Outcome<any> | null | void>, isBack = false): Promise<void> {
  app.inert = true;
  say("");
  try {
    const outcome = await task();
    if (outcome) finish(outcome, isBack);
  } catch (error) {
    console.error(error);
    const forShopper = error instanceof Refused ? error.errors.map(({ shopperMessage }) => shopperMessage) : [];
    say(forShopper.filter(Boolean).join(" ") || "Something went wrong. Please look at your cart, and try again.");
  }
  await show().catch(console.error);
  app.inert = false;
}

form.onsubmit = (event: Event) => {
  event.preventDefault();
  void during(() => pay(cart));
};
app.querySelector("button")!.onclick = () => during(() => signIn("alex.rivera@example.com", "Rivers+Lakes7"));
// The Back button may show the page as it was left, and another tab may have bought the cart.
addEventListener("pageshow", ({ persisted }) => persisted && location.reload());
addEventListener("focus", () => void show().catch(console.error));

await during(async () => {
  for (const { id, name, kind, isPurchasable, pricing } of (await ask(PRODUCTS)).products.nodes) {
    if (kind !== "PHYSICAL" || !isPurchasable) continue;
    const item = document.createElement("li");
    item.append(button(`${name}, ${pricing?.salePrice?.formatted}`, () => add(id)));
    list.append(item);
  }
  // After a reload, or back from the provider: what became of the order that was under way?
  return (await orders.recover()) ?? finishPayment();
}, true);
