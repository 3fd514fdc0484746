// The whole surface of DigitalRiver.js: each function is there, and each element emits its events and no others.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { Guest, openShop, OWNER, sandbox, SUBSCRIPTION } from "./storefront.mjs";
import { typeIn } from "../typing.mjs";

const SURFACE = JSON.parse(readFileSync(new URL("surface.json", import.meta.url), "utf8"));

const BACK = `${sandbox}/v1/frames/returned.html`;

const BACK_URLS = { returnUrl: BACK, cancelUrl: BACK, resultReturnUrl: BACK };

const BRAZIL = { country: "BR", sellingEntity: "DR_IRELAND-ENTITY" };

test("functions, elements and events are those of the list", async () => {
  const page = await openShop();
  const found = await page.evaluate((surface) => {
    const messageOf = (attempt) => {
      try {
        attempt();
      } catch ({ message }) {
        return message;
      }
      return "";
    };
    const own = (object) => Object.getOwnPropertyNames(object).filter((name) => typeof object[name] === "function");
    const element = digitalRiver.createElement("cardnumber");
    const request = { country: "US", currency: "USD", total: { label: "x", amount: 1 }, displayItems: [], requestShipping: false };
    const wallet = digitalRiver.createElement("applepay", digitalRiver.paymentRequest(request));
    return {
      functions: own(Object.getPrototypeOf(digitalRiver)).filter((name) => name !== "constructor"),
      compliance: own(digitalRiver.Compliance),
      elements: messageOf(() => digitalRiver.createElement("?")).match(/There are: (.*)\.$/)[1].split(", "),
      events: messageOf(() => element.on("?")).match(/They have: (.*)\.$/)[1].split(", "),
      missing: surface.elementFunctions.filter((name) => typeof element[name] !== "function"),
      missingOfWallet: surface.walletFunctions.filter((name) => typeof wallet[name] !== "function"),
      dropin: Object.keys(digitalRiver.createDropin({ sessionId: "s" })),
    };
  }, SURFACE);
  const functions = [...found.functions, ...found.compliance.map((name) => `Compliance.${name}`)];
  assert.deepEqual(functions.sort(), [...SURFACE.functions].sort());
  assert.deepEqual(found.elements.sort(), Object.keys(SURFACE.elements).sort());
  assert.deepEqual(new Set(found.events), new Set(["ready", ...Object.values(SURFACE.elements).flat()]));
  assert.deepEqual([found.missing, found.missingOfWallet], [[], []]);
  assert.deepEqual(found.dropin.sort(), [...SURFACE.dropin.functions].sort());
});

/** Mount an element whose events are recorded, and wait until it can be used. */
async function mount(page, type, options = {}) {
  await page.evaluate(async ([name, given, request]) => {
    document.getElementById("main").append(Object.assign(document.createElement("div"), { id: "element" }));
    window.element = digitalRiver.createElement(name, request ? digitalRiver.paymentRequest(request) : given);
    const names = ["ready", "change", "focus", "blur", "return", "click", "cancel", "source", "complete"];
    for (const event of [...names, "shippingaddresschange", "shippingoptionchange"]) {
      element.on(event, ({ elementType, updateWith, complete }) => {
        events.push([elementType, event]);
        updateWith?.({ status: "success" });
        if (event === "source" && name.endsWith("pay")) complete?.("failure");
      });
    }
    await new Promise((resolve) => (element.on("ready", resolve), element.mount("element")));
  }, [type, options, options.total ? options : null]);
}

const seen = (page, event) => page.waitForFunction((name) => events.some(([, other]) => other === name), event);

const control = (page) => page.frameLocator("#element iframe >> nth=0").locator("#field");

/** Type into the first field, go to another one, and come back. */
async function typeInto(page, value) {
  await page.evaluate(() => element.focus());
  await seen(page, "focus");
  await typeIn(control(page), value);
  await seen(page, "change");
  await control(page).press("Enter");
  await seen(page, "return");
  await page.evaluate(() => element.blur());
  await seen(page, "blur");
}

async function select(page) {
  await page.evaluate(() => element.focus());
  await seen(page, "focus");
  await control(page).selectOption({ index: 1 });
  await seen(page, "change");
  await page.evaluate(() => element.blur());
  await seen(page, "blur");
}

async function sendRefund(page) {
  await typeInto(page, "Ada Lovelace");
  await typeIn(page.frameLocator(".DR-iban iframe").locator("#field"), "DE89370400440532013000");
  await page.getByRole("button", { name: "Send" }).click();
  await seen(page, "complete");
}

async function agreeToIdeal(page) {
  await page.getByRole("checkbox").check();
  await typeIn(control(page), "NL91");
  await seen(page, "change");
}

async function payInSheet(page) {
  await page.getByRole("button").click();
  const sheet = page.frameLocator("dialog iframe");
  await seen(page, "shippingaddresschange");
  await sheet.getByLabel("Express").check();
  await seen(page, "shippingoptionchange");
  await sheet.locator("#pay").click();
  await seen(page, "source");
  await page.getByRole("button", { name: "Cancel" }).click();
  await seen(page, "cancel");
}

async function approveAndCancel(page) {
  for (const [decision, event] of [["Cancel", "cancel"], ["Approve", "source"]]) {
    const [popup] = await Promise.all([page.waitForEvent("popup"), page.getByRole("button").click()]);
    await popup.getByRole("button", { name: decision, exact: true }).click();
    await seen(page, event);
  }
}

/** The page is left, so that the events are kept in its storage. */
async function leaveForAmazon(page) {
  await page.evaluate(() => element.on("source", () => (sessionStorage.events = JSON.stringify(events))));
  const shop = page.url();
  await page.getByRole("button").click();
  await page.waitForURL(/\/payments\/redirects\//);
  await page.goto(shop);
  await page.evaluate(() => (window.events = JSON.parse(sessionStorage.events)));
}

const nothing = async () => {};

const typed = (value, options = () => ({})) => [options, (page) => typeInto(page, value)];

const WALLET = [
  () => ({
    ...{ country: "US", currency: "USD", total: { label: "Shop", amount: 5 }, displayItems: [], requestShipping: true },
    shippingOptions: [{ id: "a", label: "Ground", amount: 0 }, { id: "b", label: "Express", amount: 9 }],
  }),
  payInSheet,
];

const PAYPAL = [async () => ({ sourceData: { sessionId: (await Guest.start()).sessionId } }), approveAndCancel];

/** How to make the options of each element, and how to provoke its events. */
const PROVOCATIONS = {
  cardnumber: typed("4"),
  cardexpiration: typed("1"),
  cardcvv: typed("1"),
  creditcard: typed("4"),
  iban: typed("DE"),
  giftcardnumber: typed("A"),
  giftcardpin: typed("1"),
  koreancard: typed("9"),
  onlinebanking: [() => ({ onlineBanking: { currency: "EUR", country: "DE" } }), select],
  konbini: [() => ({}), select],
  ideal: [
    async () => ({ ideal: { sessionId: (await Guest.start("de_DE", "NL", SUBSCRIPTION)).sessionId } }),
    agreeToIdeal,
  ],
  dynamicfield: typed("x", () => ({ labelText: "Note" })),
  dynamicselect: [() => ({ labelText: "Kind", items: ["a"] }), select],
  applepay: WALLET,
  googlepay: WALLET,
  paypal: PAYPAL,
  paypalcredit: PAYPAL,
  amazonpay: [
    async () => ({ sourceData: { sessionId: (await Guest.start()).sessionId, owner: OWNER, amazonPay: BACK_URLS } }),
    leaveForAmazon,
  ],
  taxidentifier: typed("1", () => ({ taxIdentifier: BRAZIL })),
  invoiceattribute: [() => ({ invoiceAttribute: BRAZIL }), nothing],
  msts: typed("PO"),
  offlinerefund: [async (page) => ({ refundToken: await refundToken(page) }), sendRefund],
  delayedpaymentinstructions: [
    async (page) => {
      const { id, clientSecret } = await wireTransfer(page, { amount: 5, currency: "EUR" });
      return { sourceId: id, sourceClientSecret: clientSecret };
    },
    nothing,
  ],
  compliance: [() => ({ compliance: { entity: "DR_INC-ENTITY" } }), nothing],
};

async function wireTransfer(page, data) {
  const made = await page.evaluate((sent) => digitalRiver.createSource(sent), { type: "wireTransfer", owner: OWNER, ...data });
  return made.source;
}

async function refundToken(page) {
  const guest = await Guest.start("de_DE", "DE");
  await guest.attach((await wireTransfer(page, { sessionId: guest.sessionId })).id);
  return guest.refundToken((await guest.submit()).order.id);
}

for (const [type, events] of Object.entries(SURFACE.elements)) {
  test(`${type} emits its events and no others`, async () => {
    const [optionsFor, provoke] = PROVOCATIONS[type];
    const page = await openShop();
    await mount(page, type, await optionsFor(page));
    await provoke(page);
    const emitted = await page.evaluate(() => window.events);
    assert.deepEqual([...new Set(emitted.map(([, event]) => event))].sort(), ["ready", ...events].sort());
    assert.deepEqual([...new Set(emitted.map(([elementType]) => elementType))], [type]);
  });
}
