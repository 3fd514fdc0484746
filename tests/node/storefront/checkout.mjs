// What shoppers do in the checkout, and what they see. Nothing depends on the language of the page.
import { findings } from "./axe.mjs";
import { typeIn } from "../typing.mjs";

const CARD = { number: "4444222233331111", expiry: "12/35", cvv: "123" };

const ADDRESSES = {
  US: { line1: "10380 Bren Road W", city: "Minnetonka", countrySubdivision: "MN", postalCode: "55343" },
  DE: { line1: "Uferweg 1", city: "Köln", postalCode: "50667" },
  NL: { line1: "Oever 1", city: "Utrecht", postalCode: "3511 AA" },
  AT: { line1: "Uferweg 1", city: "Wien", postalCode: "1010" },
  BR: { line1: "Avenida 1", city: "São Paulo", countrySubdivision: "SP", postalCode: "01310-100" },
  JP: { line1: "丸の内1-1", city: "千代田区", countrySubdivision: "東京都", postalCode: "100-0005" },
};

async function ask(page, query, variables = {}) {
  const answer = await page.evaluate(async (body) => {
    const headers = { "Content-Type": "application/json", "X-Riverfront-Client": "tests" };
    return (await fetch("/graphql", { method: "POST", headers, body: JSON.stringify(body) })).json();
  }, { query, variables });
  const errors = [...(answer.errors ?? []), ...Object.values(answer.data ?? {}).flatMap((payload) => payload?.errors ?? [])];
  if (errors.length) throw new Error(JSON.stringify(errors));
  return answer.data;
}

/** A guest has a product in the cart. */
export async function fillCart({ page, url, market = ["en-US", "USD"], product = "5401230100" }) {
  await page.goto(url);
  const [locale, currency] = market;
  const start = `mutation ($locale: Locale, $currency: CurrencyCode) {
    startSession(input: { locale: $locale, currencyCode: $currency }) { errors { code } } }`;
  await ask(page, start, { locale, currency });
  await addProduct({ page, product });
}

export async function addProduct({ page, product = "5401230100" }) {
  const key = await page.evaluate(() => crypto.randomUUID());
  const add = `mutation ($key: UUID!, $product: String!) {
    addCartLines(input: { idempotencyKey: $key, lines: [{ product: { upstreamId: $product } }] }) { errors { code message } } }`;
  await ask(page, add, { key, product });
}

export async function signIn({ page, url, username, password }) {
  await page.goto(url);
  const query = `mutation ($username: String!, $password: String!) {
    signIn(input: { credentials: { password: { username: $username, password: $password } } }) { errors { code } } }`;
  await ask(page, query, { username, password });
  // What an earlier test has left in the account.
  const { cart } = await ask(page, "{ cart { lines { id } } }");
  const lineIds = (cart?.lines ?? []).map(({ id }) => id);
  if (lineIds.length) {
    await ask(page, "mutation ($lineIds: [ID!]!) { removeCartLines(input: { lineIds: $lineIds }) { errors { code } } }", { lineIds });
  }
}

export async function openCheckout({ page, url }) {
  await page.goto(`${url}/checkout`);
}

/** Fills the form of the address in, and sends it. */
export async function giveAddress({ page, country = "US", lastName = "Lovelace", address = {} }) {
  const form = page.locator("[data-step=address] form");
  await form.waitFor();
  await form.locator("[name=countryCode]").selectOption(country);
  const person = { firstName: "Ada", lastName, phoneNumber: "952-555-0100", email: "ada@example.com" };
  const values = { ...ADDRESSES[country], ...person, ...address };
  if ("countrySubdivision" in values) await form.locator("select[name=countrySubdivision]").waitFor();
  for (const [name, value] of Object.entries(values)) {
    const field = form.locator(`[name=${name}]`);
    if (name === "countrySubdivision") await field.selectOption(value);
    else await field.fill(value);
  }
  await form.locator("button").last().click();
}

/** Chooses a payment method in the drop-in, and makes its source. */
export async function pay({ page, method = "creditCard", card = {} }) {
  const entry = page.locator(`.DR-card.DR-${method}`);
  const heading = entry.locator(".DR-card-toggle");
  await page.locator("[data-drop-in=ready]").waitFor();
  if ((await heading.getAttribute("aria-expanded")) === "false") await heading.click();
  if (method === "creditCard") await typeCard(page, { ...CARD, ...card });
  await FILL[method]?.(page, entry);
  if (!WALLETS.includes(method)) return entry.locator(".DR-pay-button").click();
  await entry.locator(".DR-wallet button").click();
  await page.frameLocator("dialog iframe").locator("#pay").click();
}

const WALLETS = ["applePay", "googlePay"];

/** What a payment method asks for in the drop-in. */
const FILL = {
  konbini: (page) => page.frameLocator(".DR-konbini iframe").locator("select").selectOption("010"),
  directDebit: async (page, entry) => {
    await typeIn(page.frameLocator(".DR-directDebit iframe").locator("input"), "AT611904300234573201");
    await entry.getByRole("checkbox").check();
  },
};

async function typeCard(page, { number, expiry, cvv }) {
  for (const [index, value] of [number, expiry, cvv].entries()) {
    await page.frameLocator(".DR-creditCard iframe >> nth=" + index).locator("input").fill(value);
  }
}

/** The bank asks for a password. Null closes its window. */
export async function answerBank({ page, password }) {
  const dialog = page.locator("dialog");
  if (password === null) return dialog.locator("header button").click();
  const bank = page.frameLocator("dialog iframe");
  await bank.locator("[name=password]").fill(password);
  await bank.locator("button").first().click();
}

/** The bank has opened its window. */
export async function bankAsks({ page }) {
  await page.frameLocator("dialog iframe").locator("[name=password]").waitFor();
}

/** On the provider's page: approve, cancel or reject. */
export async function decide({ page, decision = "approve" }) {
  await page.locator(`button[value=${decision}]`).click();
}

/** Agrees to the terms, and places the order. */
export async function order({ page }) {
  await readyToOrder({ page });
  await page.locator("[data-step=review] form > .button").click();
}

export async function orderTwice({ page }) {
  await readyToOrder({ page });
  await page.locator("[data-step=review] form > .button").dblclick();
}

export async function readyToOrder({ page }) {
  const review = page.locator("[data-step=review][data-state=open]");
  await review.waitFor();
  const terms = review.locator("input[type=checkbox]");
  if (await terms.count()) await terms.check();
}

/** The page of the order. */
export async function placed({ page }) {
  const shown = page.locator(".placed");
  await shown.waitFor();
  const instructions = page.locator("[data-instructions]");
  return {
    state: await shown.getAttribute("data-order-state"),
    title: await page.locator("h1").innerText(),
    number: await shown.locator(".facts dd").first().innerText(),
    instructions: (await instructions.count()) ? await instructions.innerText() : null,
  };
}

/** The amounts of the order on the page after the purchase, and on its own page. */
export async function amountsOfOrder({ page }) {
  const read = async () => {
    const amounts = page.locator("[data-amounts]");
    await amounts.waitFor();
    return { rows: await amounts.locator("dd").allInnerTexts(), note: await page.locator("[data-amounts] + p").innerText() };
  };
  const after = await read();
  await page.goto(page.url().replace("/checkout/placed/", "/order/"));
  await page.locator(".order-lines").waitFor();
  return { after, own: await read() };
}

/** What the page tells above the checkout. */
export async function notice({ page }) {
  const shown = page.locator("[data-notice]").first();
  await shown.waitFor();
  return shown.innerText();
}

/** The checkout names a line that cannot be ordered, and leads to the cart. Returns what both say. */
export async function goToBlockedCart({ page }) {
  const blockers = page.locator("[data-cart-blockers]").filter({ hasText: /\w/ });
  await blockers.waitFor();
  const found = await findings(page);
  const reason = await blockers.locator("p").first().innerText();
  await blockers.getByRole("link").click();
  const button = page.getByRole("button", { name: "Go to checkout" });
  await button.waitFor();
  await page.getByText(reason).first().waitFor();
  return { reason, canCheckOut: await button.isEnabled(), findings: [...found, ...(await findings(page))] };
}

/** Which steps are open, done, or wait for others. */
export async function steps({ page, until }) {
  await page.locator("[data-step]").first().waitFor();
  if (until) await page.locator(`[data-step=${until}][data-state=open]`).waitFor();
  const all = await page.locator("[data-step]").evaluateAll((nodes) => nodes.map(({ dataset }) => [dataset.step, dataset.state]));
  return Object.fromEntries(all);
}

/** Opens a step that is done, and leaves it as it was. */
export async function openAndCancel({ page, step }) {
  const section = page.locator(`[data-step=${step}]`);
  const button = section.locator("h2 + button");
  await button.click();
  await section.locator("form").waitFor();
  const opened = await section.getAttribute("data-state");
  await button.click();
  await section.locator("form").waitFor({ state: "detached" });
  const closed = await section.getAttribute("data-state");
  return { opened, closed, focus: await page.evaluate(() => document.activeElement.id) };
}

export async function reload({ page }) {
  await page.reload();
}

/** A panel in place of the checkout: an order whose outcome is not known, an unfinished payment, an ended session. */
export async function panel({ page, kind }) {
  const shown = page.locator(`[data-stage="${kind}"]`).last();
  await shown.waitFor();
  return shown.innerText();
}

/** The market of the session that the page has begun, and the language that the page then has. */
export async function marketOfNextSession({ page }) {
  let session = null;
  while (!session) ({ session } = await ask(page, "{ session { locale currencyCode } }"));
  return { ...session, language: await page.locator("html").getAttribute("lang") };
}

/** Takes the default address of the account, unless the cart has it from an earlier session. */
export async function acceptSavedAddress({ page }) {
  const step = page.locator("[data-step=address]");
  await step.waitFor();
  if ((await step.getAttribute("data-state")) === "open") await step.locator("form > div > button").click();
}

export async function useCredit({ page }) {
  // The box is ticked once the credit is used.
  await page.locator("[data-credit=offered] input").click();
  await page.locator("[data-credit=used]").waitFor();
}

/** Pays with the saved card that is chosen from the start. Returns the sources of the order. */
export async function useSavedCard({ page }) {
  await page.locator("[data-step=payment] .button").last().click();
  return sources({ page });
}

/** Chooses to pay with something else than the saved cards. */
export async function leaveSavedCards({ page }) {
  await page.locator("[data-step=payment] fieldset.choices input").last().check();
}

/** The sources of the order, once it can be placed. */
export async function sources({ page }) {
  await page.locator("[data-step=review][data-state=open]").waitFor();
  return page.locator("[data-sources] li").allInnerTexts();
}

/** What the page tells above every page. */
export async function announcements({ page }) {
  return page.locator(".announcement").allInnerTexts();
}

/** How many items the header shows in the cart. */
export async function badge({ page }) {
  return page.locator(".cart-badge").innerText();
}

export async function goOffline({ context }) {
  await context.setOffline(true);
}

export async function goOnline({ context }) {
  await context.setOffline(false);
}

/** The gateway gets the order, and its answer is lost on the way to the page: so often, and no longer. */
export async function loseAnswers({ page, times }) {
  let left = times;
  await page.route("**/graphql", async (route) => {
    const isOrder = /submitOrder|orderSubmission/.test(route.request().postData() ?? "");
    if (!isOrder || left === 0) return route.fallback();
    left -= 1;
    await route.fetch();
    return route.abort();
  });
}

/** Requests of an operation do not reach the gateway, until `repair`. */
export async function breakOperation({ context, operation }) {
  await context.route("**/graphql*", (route) => (operationOf(route) === operation ? route.abort() : route.fallback()));
}

/** The gateway gets requests of an operation, and answers that it cannot execute them, until `repair`. */
export async function refuseOperation({ context, operation, extensions }) {
  const json = { errors: [{ message: "Refused by the test.", extensions }], data: null };
  await context.route("**/graphql*", (route) => (operationOf(route) === operation ? route.fulfill({ json }) : route.fallback()));
}

/** The payment service cannot be reached when the bank should ask, until `repair`. */
export async function breakBank({ context }) {
  await context.route("**/authentication", (route) => route.abort());
}

/** Opens a product whose data this page cannot show. Returns what it then says. */
export async function openBrokenProduct({ context, page, url, product = "5401230100" }) {
  await context.route("**/graphql*", async (route) => {
    if (operationOf(route) !== "Product") return route.fallback();
    const response = await route.fetch();
    const { data } = await response.json();
    return route.fulfill({ response, json: { data: { product: { ...data.product, images: null } } } });
  });
  await page.goto(`${url}/product/${product}`);
  return trouble({ page });
}

export async function repair({ context }) {
  await context.unrouteAll();
}

function operationOf(route) {
  const request = route.request();
  const named = new URL(request.url()).searchParams.get("operationName");
  return named ?? (request.method() === "POST" ? JSON.parse(request.postData() ?? "{}").operationName : undefined);
}

/** In place of a page that could not be read: what it says. */
export async function trouble({ page }) {
  const shown = page.locator(".trouble");
  await shown.waitFor();
  return [...(await page.locator("[data-notice]").allInnerTexts()), await shown.innerText()].join("\n");
}

/** Uses the button of a notice, or of the page that could not be read, to try again. */
export async function tryAgain({ page }) {
  await page.locator("[data-notice] button, .trouble button").first().click();
}

/** Chooses the other delivery, whose answer is late: the drop-in has made a source before. */
export async function payDuringDelivery({ page }) {
  let arrive;
  const arrival = new Promise((resolve) => (arrive = resolve));
  await page.route("**/graphql", async (route) => {
    if (operationOf(route) === "CheckoutShippingOption") await arrival;
    return route.fallback();
  });
  await page.locator("[data-step=delivery] input:not(:checked)").first().click();
  const made = page.waitForResponse((response) => response.request().method() === "POST" && /sources/.test(response.url()));
  await pay({ page });
  await made;
  arrive();
}

/** The provider's page is open. */
export async function atProvider({ page }) {
  await page.locator("button[value=approve]").waitFor();
}

/** A notice above the checkout that has this text. */
export async function noticeWith({ page, text }) {
  const shown = page.locator("[data-notice]").filter({ hasText: text });
  await shown.waitFor();
  return shown.innerText();
}

/** From now on, the timers of the page can be moved with `passTime`. */
export async function holdClock({ page }) {
  await page.clock.install();
}

/** So many seconds pass in the page. */
export async function passTime({ page, seconds }) {
  await page.clock.fastForward(seconds * 1_000);
}

export async function openCart({ page, url }) {
  await page.goto(`${url}/cart`);
  await page.locator(".cart-line").first().waitFor();
}

export async function oneMore({ page }) {
  await page.getByRole("button", { name: "One more" }).click();
}

const missingCheck = (page) => page.locator("[data-missing-check]").filter({ hasText: /\w/ });

/** The page says that something could not be checked. What it says, and what it asks the shopper to correct. */
export async function unchecked({ page }) {
  await missingCheck(page).waitFor();
  const faults = await page.locator(".field-error, .notice-warn").filter({ hasText: /\w/ }).allInnerTexts();
  return { text: await missingCheck(page).innerText(), faults, findings: await findings(page) };
}

/** The words of what has the focus, once it is within this part of the page. */
export async function focused({ page, within }) {
  const shown = page.locator(`${within} :focus`);
  await shown.waitFor();
  return shown.innerText();
}

/** The country asks for two tax numbers. Returns what describes each of their fields, once they are refused. */
export async function twoTaxNumbers({ page }) {
  await page.route("**/graphql", async (route) => {
    const response = await route.fetch();
    return route.fulfill({ response, body: (await response.text()).replace(/"fields":\[(\{"key".*?\})\]/g, twice) });
  });
  await page.reload();
  const step = page.locator("[data-step=tax]");
  await step.locator("input").nth(1).waitFor();
  await step.locator("button").click();
  await step.locator("input:focus").waitFor();
  return findings(page);
}

function twice(_, field) {
  return `"fields":[${field},${field.replace(/"key":"/, '"key":"second-')}]`;
}

/** The page has been able to check. */
export async function checked({ page }) {
  await missingCheck(page).waitFor({ state: "detached" });
}

export async function checkNow({ page }) {
  await missingCheck(page).getByRole("button").click();
}

/** Goes from the cart to the checkout. */
export async function toCheckout({ page }) {
  await page.getByRole("link", { name: "Go to checkout" }).click();
  await page.locator("[data-step=address]").waitFor();
}

/** No answer to the order arrives, neither before nor after the connection is lost. */
export async function loseConnectionAtOrder({ context, page }) {
  await page.route("**/graphql", async (route) => {
    if (!/submitOrder/.test(route.request().postData() ?? "")) return route.fallback();
    await context.setOffline(true);
    return route.abort();
  });
}

/** Orders on a network that is silent: the gateway gets the order, and no answer arrives for ten seconds. */
export async function orderIntoSilence({ page }) {
  await page.clock.install();
  await page.route("**/graphql", async (route) => {
    if (!/submitOrder|orderSubmission/.test(route.request().postData() ?? "")) return route.fallback();
    await route.fetch();
  });
  const sent = page.waitForRequest((request) => /submitOrder/.test(request.postData() ?? ""));
  await order({ page });
  await sent;
  await page.clock.runFor(10_000);
}

/** Answers arrive again, as on another connection. */
export async function changeNetwork({ page }) {
  await page.unroute("**/graphql");
  await page.evaluate(() => window.dispatchEvent(new Event("online")));
}

/** The session is gone, and what the page has stored is not: as after the browser was closed. */
export async function loseSession({ context, page }) {
  await page.goto("about:blank");
  await page.unroute("**/graphql");
  await context.clearCookies();
}

/** Removes the only line of the cart on its page. */
export async function emptyCart({ page, url }) {
  await page.goto(`${url}/cart`);
  await page.locator(".cart-line-quantity .button-link").click();
}

/** The page of an empty cart, and the order that it names. */
export async function emptyCheckout({ page }) {
  const shown = page.locator('[data-stage="empty"]');
  await shown.getByRole("link").nth(1).waitFor();
  return shown.innerText();
}

/** Where the notice above the checkout leads. */
export async function noticeLink({ page }) {
  return page.locator("[data-notice] a").getAttribute("href");
}

/** Leaves the page while the order is on its way, and comes back. */
export async function reloadWhileSending({ page }) {
  await page.locator('[data-stage="sending"]').waitFor();
  await page.reload();
}

/** A second tab of the same shopper. Later functions can act in it with `inTab`. */
export async function openTab({ context, page }) {
  const tab = await context.newPage();
  await tab.goto(page.url());
}

/** Calls another function in the tab that was opened last. */
export async function inTab({ context, deed, ...values }) {
  return SCENARIOS[deed]({ ...values, context, page: context.pages().at(-1) });
}

/** Uses a button of the panel: goes on with the payment, or gives it up. */
export async function choose({ page, index }) {
  await page.locator('.stage .button').nth(index).click();
}

/** Orders in both tabs at the same time. Returns the pages of the order. */
export async function orderInBothTabs({ context }) {
  const tabs = context.pages();
  for (const page of tabs) await readyToOrder({ page });
  // Both clicks happen before a tab can learn of the order of the other one.
  await Promise.all(tabs.map((page) => page.locator("[data-step=review] form > .button").evaluate((button) => button.click())));
  return Promise.all(tabs.map((page) => placed({ page })));
}

const SCENARIOS = { addProduct, emptyCart, order, placed, notice, steps, pay };

/** What axe-core finds serious in the page. */
export async function audit({ page }) {
  return findings(page);
}

/** Opens the checkout while the form of the country is on its way. Returns whether the form can be sent, before and after. */
export async function openSlowForm({ page, url }) {
  let arrive;
  const arrival = new Promise((resolve) => (arrive = resolve));
  await page.route(/operationName=AddressForm/, async (route) => {
    await arrival;
    await route.continue();
  });
  await page.goto(`${url}/checkout`);
  const button = page.locator("[data-step=address] form > div > button");
  await button.waitFor();
  const early = await button.isEnabled();
  arrive();
  await page.locator("[name=line1]").waitFor();
  return { early, late: await button.isEnabled() };
}

/** The form of the country cannot be loaded at first. Returns whether it can be sent after another try. */
export async function openFailingForm({ page, url }) {
  let isFailing = true;
  await page.route(/operationName=AddressForm/, (route) => (isFailing ? route.abort() : route.continue()));
  await page.goto(`${url}/checkout`);
  const again = page.locator("[data-missing-form] button");
  await again.waitFor();
  isFailing = false;
  await again.click();
  await page.locator("[name=line1]").waitFor();
  return page.locator("[data-step=address] form > div > button").isEnabled();
}

/** Sends the form of the address as it is. */
export async function sendAddress({ page }) {
  await page.locator("[data-step=address] form > div > button").click();
}

/** The messages beside the fields, by field, and the field that has the focus. */
export async function faults({ page }) {
  await page.locator(".field-error").first().waitFor();
  return page.evaluate(() => {
    const marked = [...document.querySelectorAll("[aria-invalid=true]")];
    const messageOf = (field) => {
      const ids = (field.getAttribute("aria-describedby") ?? "").split(" ");
      return ids.map((id) => document.getElementById(id)?.textContent).at(-1);
    };
    return { messages: Object.fromEntries(marked.map((field) => [field.name, messageOf(field)])), focus: document.activeElement.name };
  });
}

export async function fillIn({ page, values }) {
  for (const [name, value] of Object.entries(values)) await page.locator(`[data-step=address] [name=${name}]`).fill(value);
}

/** Takes the suggested address, and returns the address that the page then shows. */
export async function useSuggestion({ page }) {
  const suggestion = page.locator("[data-suggestion]");
  await suggestion.locator("button").first().click();
  await suggestion.waitFor({ state: "detached" });
  return page.locator("[data-step=address] address").first().innerText();
}

export async function stored({ page }) {
  return page.evaluate(() => ({ local: { ...localStorage }, session: Object.keys(sessionStorage) }));
}

/** The bank of a card asks for the shopper after the order was sent. */
export async function goToBank({ page }) {
  await page.locator("[data-authentication] .button").first().click();
}
