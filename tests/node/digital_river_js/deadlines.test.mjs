// Frames, shoppers and storefronts that never answer: every wait of the script ends, with a documented error.
import assert from "node:assert/strict";
import { test } from "node:test";
import { entry, mountDropin, nextReport, openEntry, pay } from "./dropin.mjs";
import { field, Guest, mountElements, openShop, OWNER, sandbox, typeCard, VISA } from "./storefront.mjs";

const FRAME_TIMEOUT = 41_000;

const SHOPPER_TIMEOUT = 15 * 60_000 + 1000;

const CARD = ["cardnumber", "cardexpiration", "cardcvv"];

const DATA = { type: "creditCard", owner: OWNER, amount: 10, currency: "USD" };

const SILENT = {
  "never load": "",
  "load and are silent": 'parent.postMessage({ digitalRiver: "loaded" }, "*");',
};

/** A page whose clock the test turns, and in whose frames this script runs instead of that of the field. */
async function openSlow({ script, ...options } = {}) {
  const page = await openShop(options);
  await page.clock.install();
  if (script !== undefined) await page.route("**/v1/frames/field.js", (route) => route.fulfill({ body: script, contentType: "text/javascript" }));
  return page;
}

/** Mount elements without waiting for them, and record what `ready` reports. */
async function mountSilent(page, types, options = {}) {
  await page.evaluate(([names, given]) => {
    window.elements = {};
    for (const type of names) {
      document.getElementById("main").append(Object.assign(document.createElement("div"), { id: type }));
      elements[type] = digitalRiver.createElement(type, given);
      elements[type].on("ready", (data) => events.push({ event: "ready", ...data }));
      elements[type].mount(type);
    }
  }, [types, options]);
  await page.frameLocator(`#${types[0]} iframe`).first().locator("body").waitFor({ state: "attached" });
}

/** Start a call in the page, let the time pass, and return its result. */
async function afterTime(page, milliseconds, call, argument) {
  const result = page.evaluate(call, argument);
  await page.clock.fastForward(milliseconds);
  return result;
}

const isSent = (request) => request.method() === "POST" && request.url().includes("/payments/sources");

for (const [name, script] of Object.entries(SILENT)) {
  test(`calls are answered if frames ${name}`, async () => {
    const page = await openSlow({ script });
    await mountSilent(page, CARD);
    const results = await afterTime(page, FRAME_TIMEOUT, (data) => {
      const { cardnumber, cardexpiration, cardcvv } = elements;
      const saved = { sessionId: "s", sourceId: "1", sourceClientSecret: "1_2" };
      return Promise.all([
        digitalRiver.createSource(cardnumber, data),
        digitalRiver.updateSource(cardexpiration, { id: "1", clientSecret: "1_2" }),
        digitalRiver.authenticateSource(cardcvv, saved),
      ]);
    }, DATA);
    assert.deepEqual(results.map(({ error }) => error.type), Array(3).fill("request_timeout"));
    assert.deepEqual(results.map(({ source, status }) => status ?? source), [null, null, "failed"]);
    const ready = await page.evaluate(() => events.filter(({ event }) => event === "ready"));
    assert.deepEqual(ready.map(({ elementType, error }) => [elementType, error.type]), CARD.map((type) => [type, "request_timeout"]));
    assert.deepEqual(page.problems, []);
  });
}

test("larger elements report ready with an error if frames never load", async () => {
  const page = await openSlow({ script: "" });
  const guest = await Guest.start("de_DE", "DE");
  const { source } = await page.evaluate((data) => digitalRiver.createSource(data), {
    ...{ type: "wireTransfer", sessionId: guest.sessionId, owner: OWNER },
  });
  await guest.attach(source.id);
  const refundToken = await guest.refundToken((await guest.submit()).order.id);
  const options = { taxIdentifier: { country: "BR", sellingEntity: "DR_IRELAND-ENTITY" }, refundToken };
  const types = ["creditcard", "koreancard", "msts", "taxidentifier", "offlinerefund"];
  await mountSilent(page, types, options);
  for (const type of types) await page.locator(`#${type} iframe`).first().waitFor({ state: "attached" });
  await page.clock.fastForward(FRAME_TIMEOUT);
  await page.waitForFunction((count) => events.length === count, types.length);
  const ready = await page.evaluate(() => events.map(({ elementType, error }) => [elementType, error.type]));
  assert.deepEqual(ready.sort(), types.map((type) => [type, "request_timeout"]).sort());
  assert.deepEqual(page.problems, []);
});

test("frame that loads late makes no source of a call that has failed", async () => {
  const page = await openSlow();
  let load;
  const isHeld = new Promise((resolve) => (load = resolve));
  await page.route("**/v1/frames/field.js", async (route) => (await isHeld, route.continue()));
  const sent = [];
  page.on("request", (request) => isSent(request) && sent.push(request.url()));
  await mountSilent(page, ["iban"]);
  const call = (data) => digitalRiver.createSource(elements.iban, data);
  const { error } = await afterTime(page, FRAME_TIMEOUT, call, { ...DATA, type: "directDebit" });
  assert.equal(error.type, "request_timeout");
  load();
  await page.waitForFunction(() => events.length === 2);
  assert.deepEqual((await page.evaluate(() => events)).map((event) => event.error?.type), ["request_timeout", undefined]);
  await field(page, "iban").fill("DE89370400440532013000");
  assert.equal((await page.evaluate(() => elements.iban.ask("show-error"))), null);
  assert.deepEqual(sent, []);
});

test("removed element answers its open calls, and forgets its messages", async () => {
  const page = await openSlow({ script: "" });
  await mountSilent(page, ["cardnumber"]);
  const [first, second, late] = await page.evaluate(async (data) => {
    const element = elements.cardnumber;
    const waiting = digitalRiver.createSource(element, data);
    element.unmount();
    element.mount("cardnumber");
    const destroyed = digitalRiver.createSource(element, data);
    await element.destroy();
    return [await waiting, await destroyed, await digitalRiver.createSource(element, data).catch((problem) => problem.message)];
  }, DATA);
  assert.deepEqual([first.error.type, second.error.type], ["conflict", "conflict"]);
  assert.match(late, /Mount the element/);
});

test("frame has a limit of open calls, and keeps one message of a kind", async () => {
  const page = await openSlow();
  let load;
  const isHeld = new Promise((resolve) => (load = resolve));
  await page.route("**/v1/frames/field.js", async (route) => (await isHeld, route.continue()));
  await mountSilent(page, ["cardnumber"]);
  const asked = page.evaluate(() => {
    for (let count = 0; count < 1000; count++) elements.cardnumber.focus();
    return Promise.all(Array.from({ length: 25 }, () => digitalRiver.createSource(elements.cardnumber, { type: "creditCard" })));
  });
  load();
  const types = (await asked).map(({ error }) => error.type);
  assert.equal(types.filter((type) => type === "too_many_requests").length, 5);
  assert.equal(types.filter((type) => type === "validation_error").length, 20);
  await page.waitForFunction(() => document.getElementById("cardnumber").classList.contains("DRElement--focus"));
});

test("frame that fails answers with an error", async () => {
  const page = await openSlow();
  await mountElements(page, CARD);
  await typeCard(page);
  const [frame] = page.frames().slice(1);
  await frame.evaluate(() => {
    JSON.stringify = () => {
      throw new Error("This frame is broken.");
    };
  });
  const create = () => digitalRiver.createSource(elements.cardnumber, { type: "creditCard" });
  const { source, error } = await page.evaluate(create);
  assert.deepEqual([source, error.type], [null, "internal_server_error"]);
});

test("Drop-in shows that its fields did not load, and loads them again", async () => {
  const guest = await Guest.start();
  const page = await openSlow({ script: "" });
  const mounted = mountDropin(page, { sessionId: guest.sessionId });
  await page.locator(".DR-cardcvv iframe").waitFor({ state: "attached" });
  await page.clock.fastForward(FRAME_TIMEOUT);
  await mounted;
  await page.getByText("The connection was lost. Please try again.").waitFor();
  const reports = await page.evaluate(() => window.reports);
  assert.deepEqual(reports.map(([name, { type }]) => [name, type]), [["onError", "request_timeout"], ["onReady", undefined]]);
  await page.unroute("**/v1/frames/field.js");
  await pay(page, "creditCard");
  await entry(page, "creditCard").locator(".DR-cardcvv .DR-error-message:not(:empty)").waitFor();
  assert.deepEqual(page.problems, []);
});

test("field of Drop-in that falls silent is an error", async () => {
  const guest = await Guest.start();
  const page = await openSlow();
  await mountDropin(page, { sessionId: guest.sessionId });
  for (const frame of page.frames().slice(1)) await frame.goto(`${sandbox}/v1/frames/returned.html`);
  const { type } = await nextReport(page, "onError", async () => {
    await pay(page, "creditCard");
    await page.clock.fastForward(FRAME_TIMEOUT);
  });
  assert.equal(type, "request_timeout");
});

test("challenge that is left open ends as one that was not passed", async () => {
  const page = await openSlow();
  await mountElements(page, CARD);
  await typeCard(page, { ...VISA, number: "5454545454545454" });
  const made = page.evaluate((data) => digitalRiver.createSource(elements.cardnumber, data), DATA);
  await page.frameLocator("dialog iframe").getByLabel("Password").waitFor();
  await page.clock.fastForward(SHOPPER_TIMEOUT);
  assert.equal((await made).error.errors[0].code, "3ds2_error");
  assert.equal(await page.locator("dialog").count(), 0);
});

test("window of a provider that is left open ends as a cancel", async () => {
  const guest = await Guest.start();
  const page = await openSlow();
  await mountDropin(page, { sessionId: guest.sessionId });
  await openEntry(page, "klarnaCredit");
  const [popup] = await Promise.all([page.waitForEvent("popup"), pay(page, "klarnaCredit")]);
  await page.getByRole("dialog").waitFor();
  await popup.waitForURL(/\/payments\/redirects\//);
  const closed = popup.waitForEvent("close");
  const { paymentMethod } = await nextReport(page, "onCancel", () => page.clock.fastForward(SHOPPER_TIMEOUT));
  assert.equal(paymentMethod, "klarnaCredit");
  await closed;
});

test("window that the browser blocks is an error of the button", async () => {
  const page = await openShop({ prepare: () => (window.open = () => null) });
  await page.evaluate(() => {
    const button = digitalRiver.createElement("paypal", { sourceData: { sessionId: "unknown" } });
    button.on("source", ({ error, source }) => events.push({ error, source }));
    button.mount("main");
  });
  await page.getByRole("button", { name: "PayPal" }).click();
  await page.waitForFunction(() => events.length);
  assert.deepEqual((await page.evaluate(() => events)).map(({ error, source }) => [error.type, source]), [["bad_request", null]]);
  assert.deepEqual(page.problems, []);
});

test("payment sheet does not wait for ever for the storefront", async () => {
  const page = await openSlow();
  await page.evaluate(() => {
    window.wallet = digitalRiver.createElement("googlepay", digitalRiver.paymentRequest({
      ...{ country: "US", currency: "USD", total: { label: "Shop", amount: 5 }, displayItems: [], requestShipping: true },
    }));
    for (const event of ["shippingaddresschange", "source", "cancel"]) wallet.on(event, () => events.push(event));
    wallet.mount("main");
    wallet.show();
  });
  const sheet = page.frameLocator("dialog iframe");
  await page.waitForFunction(() => events.includes("shippingaddresschange"));
  await page.clock.fastForward(31_000);
  await sheet.getByText("This choice is not possible.").waitFor();
  await page.evaluate(() => wallet.update({ requestShipping: false }));
  await sheet.locator("#pay").click();
  await page.waitForFunction(() => events.includes("source"));
  await page.clock.fastForward(121_000);
  await page.locator("dialog").waitFor({ state: "detached" });
  assert.ok(!(await page.evaluate(() => events)).includes("cancel"));
});
