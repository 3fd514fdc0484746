// What the tests of DigitalRiver.js share: a browser, a storefront of another origin than the sandbox's, and shoppers
// whose carts have payment sessions. Arguments of each test script: Chromium, the sandbox's address.
import { createServer } from "node:http";
import { after, afterEach, before } from "node:test";
import { chromium } from "playwright-core";

const [executablePath, sandbox] = process.argv.slice(2);

export { sandbox };

export const PRODUCT = "5401230100";

export const SUBSCRIPTION = "5401231600";

export const VISA = { number: "4444222233331111", expiration: "10/35", cvv: "123" };

export const OWNER = {
  firstName: "Ada",
  lastName: "Lovelace",
  email: "ada@example.com",
  phoneNumber: "9525550100",
  address: { line1: "10380 Bren Road W", city: "Minnetonka", state: "MN", postalCode: "55343", country: "US" },
};

/** Profiles of the browser that the test has opened. */
const profiles = [];

let browser;
let server;
let keys;

before(async () => {
  browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  server = createServer(answerPage);
  // Chromium sees another site than the sandbox, whose host is a number.
  await new Promise((listening) => server.listen(0, "localhost", listening));
  keys = await (await fetch(`${sandbox}/_sandbox/keys`)).json();
});

afterEach(() => Promise.all(profiles.splice(0).map((profile) => profile.close())));

after(async () => {
  await browser?.close();
  server?.close();
});

function answerPage(request, answer) {
  const url = new URL(request.url, "http://localhost");
  answer.setHeader("Content-Type", "text/html; charset=utf-8");
  answer.setHeader("Content-Security-Policy", policy());
  answer.end(`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="${url.searchParams.get("scheme") ?? "light dark"}">
<title>Shop</title>
<script src="${sandbox}/v1/DigitalRiver.js"></script>
<link rel="stylesheet" href="${sandbox}/v1/css/DigitalRiver.css">
</head>
<body><main id="main"></main></body>
</html>`);
}

/** What a storefront must allow, and no more: its page has no inline styles, scripts or foreign origins. */
function policy() {
  return [
    `default-src 'none'; script-src ${sandbox}; style-src ${sandbox}; connect-src ${sandbox}`,
    `frame-src ${sandbox}; img-src ${sandbox}; base-uri 'none'`,
  ].join("; ");
}

/**
 * A page of the storefront, in which `digitalRiver` is an instance.
 * @param {{locale?: string, scheme?: string, context?: object, prepare?: () => void}} [options] `context`: options of the
 *   browser's context; `prepare` runs in the page before its scripts
 */
export async function openShop({ locale, scheme = "light dark", context = {}, prepare } = {}) {
  const profile = await browser.newContext(context);
  profiles.push(profile);
  profile.setDefaultTimeout(20_000);
  const page = await profile.newPage();
  if (prepare) await page.addInitScript(prepare);
  page.problems = [];
  page.on("pageerror", (error) => page.problems.push(String(error)));
  page.on("console", (message) => message.type() === "error" && page.problems.push(message.text()));
  await page.goto(`http://localhost:${server.address().port}/?${new URLSearchParams({ scheme })}`);
  await page.evaluate(
    ([key, language]) => {
      window.events = [];
      window.digitalRiver = new DigitalRiver(key, language ? { locale: language } : undefined);
    },
    [keys.publicApiKey, locale],
  );
  return page;
}

/** Create the elements, mount each into a container with the id of its type, and wait until all are ready. */
export function mountElements(page, types, options = {}) {
  return page.evaluate(
    ([names, given]) => {
      window.elements ??= {};
      const ready = names.map((type) => {
        const container = document.createElement("div");
        container.id = type;
        const label = document.createElement("label");
        label.htmlFor = type;
        label.textContent = type;
        document.getElementById("main").append(label, container);
        const element = digitalRiver.createElement(type, given);
        elements[type] = element;
        for (const event of ["ready", "change", "focus", "blur", "return"]) {
          element.on(event, (data) => events.push({ event, ...data }));
        }
        return new Promise((resolve) => {
          element.on("ready", resolve);
          element.mount(type);
        });
      });
      return Promise.all(ready);
    },
    [types, options],
  );
}

/** The field inside the frame of an element. */
export function field(page, type) {
  return page.frameLocator(`#${type} iframe`).locator("#field");
}

export async function typeCard(page, { number, expiration, cvv } = VISA) {
  await field(page, "cardnumber").fill(number);
  await field(page, "cardexpiration").fill(expiration);
  await field(page, "cardcvv").fill(cvv);
}

export function lastEvent(page, event, type) {
  return page.evaluate(
    ([name, elementType]) => events.filter((seen) => seen.event === name && seen.elementType === elementType).at(-1),
    [event, type],
  );
}

/** A guest whose cart has a product and addresses. */
export class Guest {
  static async start(locale = "en_US", country = "US", product = PRODUCT) {
    const guest = new Guest();
    const credentials = btoa(`${keys.confidentialApiKey}:${keys.confidentialSecret}`);
    const answer = await fetch(`${sandbox}/oauth20/token`, {
      method: "POST",
      headers: { Authorization: `Basic ${credentials}`, "Content-Type": "application/x-www-form-urlencoded" },
      body: "grant_type=password",
    });
    guest.token = (await answer.json()).access_token;
    if (locale !== "en_US") await guest.ask("POST", `?locale=${locale}`);
    await guest.ask("POST", `/carts/active?productId=${product}`);
    const address = { ...cartAddress(), country };
    for (const side of ["billing", "shipping"]) await guest.ask("PUT", `/carts/active/${side}-address`, { address });
    guest.sessionId = (await guest.cart()).paymentSession.id;
    return guest;
  }

  async ask(method, path, body) {
    const answer = await fetch(`${sandbox}/v1/shoppers/me${path}`, {
      method,
      headers: {
        Authorization: `Bearer ${this.token}`,
        Accept: "application/json",
        ...(body && { "Content-Type": "application/json" }),
      },
      body: body && JSON.stringify(body),
    });
    const content = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${content}`);
    return content ? JSON.parse(content) : null;
  }

  async cart() {
    return (await this.ask("GET", "/carts/active?expand=all")).cart;
  }

  attach(sourceId) {
    return this.ask("POST", "/carts/active/apply-payment-method", { paymentMethod: { sourceId } });
  }

  /** Token with which the shopper of an order names the bank account of its refund. */
  async refundToken(orderId) {
    const answer = await fetch(`${sandbox}/_sandbox/refunds`, { method: "POST", body: JSON.stringify({ orderId }) });
    return (await answer.json()).refundToken;
  }

  async submit() {
    return (await this.ask("POST", "/carts/active/submit-cart")).submitCart;
  }
}

function cartAddress() {
  const { address, ...person } = OWNER;
  const { state: countrySubdivision, ...rest } = address;
  return { ...rest, countrySubdivision, firstName: person.firstName, lastName: person.lastName, emailAddress: person.email };
}
