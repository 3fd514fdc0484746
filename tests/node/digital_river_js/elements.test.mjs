// The elements other than card fields and wallets: fields, lists, buttons of providers, and texts.
import assert from "node:assert/strict";
import { test } from "node:test";
import { field, Guest, lastEvent, mountElements, openShop, OWNER, sandbox, SUBSCRIPTION, VISA } from "./storefront.mjs";
import { typeIn } from "../typing.mjs";

const BACK = "https://shop.example/back";

const IBAN = "DE89370400440532013000";

const GERMAN = { ...OWNER, address: { line1: "Marienplatz 1", city: "München", postalCode: "80331", country: "DE" } };

function makeSource(page, element, data) {
  return page.evaluate(([name, sent]) => digitalRiver.createSource(elements[name], sent), [element, data]);
}

test("iban is checked, grouped and sent by its frame", async () => {
  const page = await openShop();
  await mountElements(page, ["iban"]);
  const data = { type: "directDebit", amount: 10, currency: "EUR", owner: GERMAN, directDebit: { returnUrl: BACK } };
  await field(page, "iban").fill(IBAN.replace("89", "88"));
  const wrong = await makeSource(page, "iban", data);
  assert.equal(wrong.error.errors[0].code, "incomplete_iban");
  await field(page, "iban").fill(IBAN);
  assert.equal(await field(page, "iban").inputValue(), "DE89 3704 0044 0532 0130 00");
  const { source, error } = await makeSource(page, "iban", data);
  assert.deepEqual([source?.state, error], ["pending_redirect", null]);
  assert.equal((await lastEvent(page, "change", "iban")).value, undefined);
  assert.ok(!(await page.content()).includes(IBAN));
});

test("gift card fields belong together", async () => {
  const page = await openShop();
  await mountElements(page, ["giftcardnumber", "giftcardpin"]);
  await field(page, "giftcardnumber").fill("ab12");
  const data = { type: "giftCard", amount: 10, currency: "USD", owner: OWNER };
  const { error } = await makeSource(page, "giftcardpin", data);
  assert.deepEqual(
    error.errors.map(({ code }) => code).sort(),
    ["incomplete_giftcardnumber", "incomplete_giftcardpin"],
  );
  await field(page, "giftcardnumber").fill("ab12 cd34 ef56");
  await field(page, "giftcardpin").fill("1234");
  const refused = await makeSource(page, "giftcardnumber", data);
  assert.deepEqual([refused.error.type, refused.error.errors[0].parameter], ["bad_request", "type"]);
});

test("online banking lists the banks of the country", async () => {
  const page = await openShop({ locale: "de" });
  const banks = await page.evaluate(() => digitalRiver.retrieveOnlineBankingBanks("DE", "EUR"));
  assert.ok(banks.length && banks.every(({ bankCode, bankName }) => bankCode && bankName));
  assert.deepEqual(await page.evaluate(() => digitalRiver.retrieveOnlineBankingBanks("US", "USD")), []);
  await mountElements(page, ["onlinebanking"], { onlineBanking: { currency: "EUR", country: "DE" } });
  assert.equal((await lastEvent(page, "ready", "onlinebanking")).hasAvailableBanks, true);
  const data = {
    ...{ type: "onlineBanking", amount: 10, currency: "EUR", owner: GERMAN },
    onlineBanking: { returnUrl: BACK, cancelUrl: BACK },
  };
  const nothing = await makeSource(page, "onlinebanking", data);
  assert.deepEqual([nothing.error.type, nothing.error.errors[0].message], ["validation_error", "Bank auswählen"]);
  await field(page, "onlinebanking").selectOption(String(banks[0].bankCode));
  await page.waitForFunction(() => events.some(({ event, complete }) => event === "change" && complete));
  const { source, error } = await makeSource(page, "onlinebanking", data);
  assert.deepEqual([source?.onlineBanking.bankCode, error], [String(banks[0].bankCode), null]);
  await assert.rejects(page.evaluate(() => new DigitalRiver("pk_x").createElement("onlinebanking", {})));
});

test("konbini lists the stores in the language of the shopper", async () => {
  const page = await openShop({ locale: "ja-JP" });
  const stores = await page.evaluate(() => digitalRiver.retrieveKonbiniStores());
  assert.deepEqual(stores.map(({ storeId }) => storeId), ["010", "030", "060", "080"]);
  await mountElements(page, ["konbini"]);
  assert.equal((await lastEvent(page, "ready", "konbini")).hasAvailableStores, true);
  await field(page, "konbini").selectOption({ label: "ファミリーマート" });
  await page.waitForFunction(() => events.some(({ event, complete }) => event === "change" && complete));
  const owner = { ...OWNER, address: { ...OWNER.address, country: "JP" } };
  const { source } = await makeSource(page, "konbini", { type: "konbini", amount: 100, currency: "JPY", owner });
  assert.deepEqual([source.state, source.konbini.storeId], ["pending_funds", "030"]);
  await page.evaluate(() => elements.konbini.clear());
  await page.waitForFunction(() => events.at(-1).empty);
});

test("dynamic fields and lists show what the storefront gives", async () => {
  const page = await openShop();
  await page.evaluate(async () => {
    const add = (type, id, options) => {
      const element = digitalRiver.createElement(type, options);
      document.getElementById("main").append(Object.assign(document.createElement("div"), { id }));
      element.on("change", (data) => events.push({ id, ...data }));
      return new Promise((resolve) => (element.on("ready", resolve), element.mount(id)));
    };
    await Promise.all([
      add("dynamicfield", "po", { labelText: "Order number", validationPattern: "^PO[0-9]+$" }),
      add("dynamicfield", "secret", { labelText: "Account", sendValue: false }),
      add("dynamicselect", "kind", { labelText: "Kind", items: ["a", { value: "b", label: "Second" }] }),
    ]);
  });
  await page.frameLocator("#po iframe").getByLabel("Order number").fill("12");
  await page.waitForFunction(() => events.some(({ id, error }) => id === "po" && error?.code === "invalid_format"));
  await page.frameLocator("#po iframe").getByLabel("Order number").fill("PO12");
  await page.waitForFunction(() => events.some(({ id, complete, value }) => id === "po" && complete && value === "PO12"));
  await page.frameLocator("#secret iframe").getByLabel("Account").fill("7");
  await page.waitForFunction(() => events.some(({ id, complete, value }) => id === "secret" && complete && value === undefined));
  await page.frameLocator("#kind iframe").getByLabel("Kind").selectOption({ label: "Second" });
  await page.waitForFunction(() => events.some(({ id, value }) => id === "kind" && value === "b"));
});

test("creditcard has the fields of a card, with labels and errors", async () => {
  const guest = await Guest.start();
  const page = await openShop();
  const logo = `${sandbox}/_sandbox/images/methods/creditCard.svg`;
  const logos = ["visa", "amex"].map((code) => ({ code, url: logo }));
  await mountElements(page, ["creditcard"], { logos, cardCvvPlaceholderText: "three digits" });
  const card = (type) => page.frameLocator(`.DR-${type} iframe`).locator("#field");
  await page.getByText("Card number").click();
  await page.waitForFunction(() => events.some(({ event }) => event === "focus"));
  await typeIn(card("cardnumber"), VISA.number.replace(/1$/, "2"));
  await page.getByText("The card number is invalid.").waitFor();
  await card("cardnumber").fill(VISA.number);
  await typeIn(card("cardexpiration"), "10/35");
  assert.equal(await card("cardcvv").getAttribute("placeholder"), "three digits");
  await typeIn(card("cardcvv"), "123");
  await page.waitForFunction(() => events.some(({ event, complete, brand }) => event === "change" && complete && brand === "visa"));
  assert.equal(await page.locator("img.DR-Card-Brand-Selected").getAttribute("alt"), "visa");
  const data = { type: "creditCard", sessionId: guest.sessionId, owner: OWNER };
  assert.equal((await makeSource(page, "creditcard", data)).source.state, "chargeable");
  const left = await page.evaluate(async () => {
    elements.creditcard.clear();
    elements.creditcard.update({ cardCvvPlaceholderText: "CVC" });
    elements.creditcard.unmount();
    elements.creditcard.mount("creditcard");
    await elements.creditcard.destroy();
    return document.querySelectorAll("iframe").length;
  });
  assert.equal(left, 0);
});

for (const [type, decision, state] of [
  ["paypal", "Approve", "chargeable"],
  ["paypalcredit", "Approve", "chargeable"],
  ["paypal", "Cancel", null],
]) {
  test(`${type} button: ${decision} in the window`, async () => {
    const guest = await Guest.start();
    const page = await openShop();
    await page.evaluate(async ([name, sessionId]) => {
      document.getElementById("main").append(Object.assign(document.createElement("div"), { id: "button" }));
      window.button = digitalRiver.createElement(name, { sourceData: { sessionId }, style: { label: "pay", shape: "pill" } });
      for (const event of ["ready", "click", "source", "cancel"]) {
        button.on(event, (data) => events.push({ event, ...JSON.parse(JSON.stringify(data)) }));
      }
      await new Promise((resolve) => (button.on("ready", resolve), button.mount("button")));
    }, [type, guest.sessionId]);
    const [popup] = await Promise.all([page.waitForEvent("popup"), page.getByRole("button", { name: /Pay with PayPal/ }).click()]);
    await popup.getByRole("button", { name: decision, exact: true }).click();
    await page.waitForFunction(() => events.some(({ event }) => ["source", "cancel"].includes(event)));
    const { event, source } = (await page.evaluate(() => events)).at(-1);
    assert.deepEqual([event, source?.state ?? null], [state ? "source" : "cancel", state]);
    if (source) {
      await guest.attach(source.id);
      assert.equal((await guest.submit()).paymentSession.status, "complete");
    }
    assert.ok(popup.isClosed());
  });
}

test("refused PayPal source closes the window", async () => {
  const page = await openShop();
  await page.evaluate(() => {
    document.getElementById("main").append(Object.assign(document.createElement("div"), { id: "button" }));
    window.button = digitalRiver.createElement("paypal", { sourceData: { sessionId: "unknown" } });
    button.on("source", ({ error, source }) => events.push({ event: "source", error, source }));
    button.mount("button");
  });
  await page.getByRole("button", { name: "PayPal" }).click();
  await page.waitForFunction(() => events.length);
  const [{ error, source }] = await page.evaluate(() => events);
  assert.deepEqual([error.type, source], ["not_found", null]);
  assert.equal(page.context().pages().length, 1);
});

test("Amazon Pay makes a source and leaves the page", async () => {
  const guest = await Guest.start();
  const page = await openShop();
  const amazonPay = { returnUrl: BACK, cancelUrl: BACK, resultReturnUrl: BACK };
  await page.evaluate(async (sourceData) => {
    document.getElementById("main").append(Object.assign(document.createElement("div"), { id: "button" }));
    window.button = digitalRiver.createElement("amazonpay", { sourceData });
    button.on("source", ({ source }) => sessionStorage.setItem("state", source.state));
    await new Promise((resolve) => (button.on("ready", resolve), button.mount("button")));
  }, { sessionId: guest.sessionId, owner: OWNER, amazonPay });
  await page.getByRole("button", { name: "Pay with Amazon Pay" }).click();
  await page.waitForURL(/\/payments\/redirects\//);
  await page.getByRole("heading", { name: "Amazon Pay" }).waitFor();
  const other = await openShop();
  for (const sourceData of [undefined, { amazonPay }, { sessionId: "s", amazonPay: { returnUrl: BACK } }]) {
    await assert.rejects(other.evaluate((given) => digitalRiver.createElement("amazonpay", { sourceData: given }), sourceData));
  }
});

test("compliance shows the seller and its links", async () => {
  const page = await openShop({ locale: "de" });
  await mountElements(page, ["compliance"], {
    compliance: { businessEntityCode: "DR_IRELAND-ENTITY", policies: { return: { url: BACK } } },
  });
  await page.locator('[lang="de-DE"]').getByText("Verkäufer Ihrer Bestellung ist Digital River Ireland Ltd.").waitFor();
  assert.match(await page.getByRole("link", { name: "Widerrufsrecht" }).getAttribute("href"), /cancellationRights\?entity=DR_IR/);
  assert.equal(await page.getByRole("link", { name: "Rücksendungen" }).getAttribute("href"), BACK);
  await page.evaluate(() => elements.compliance.update({ compliance: { entity: "DR_UK-ENTITY", locale: "en_GB" } }));
  await page.locator('[lang="en-GB"]').getByText("The seller of your order is Digital River UK Ltd.").waitFor();
  await page.evaluate(() => elements.compliance.update({ compliance: { entity: "ACME" } }));
  await page.getByText("Digital River Inc.").waitFor();
});

const INSTRUCTIONS = [
  ["wireTransfer", {}, "EUR", ["NL02EXAM0123456789", "Verwendungszweck, unbedingt angeben"]],
  ["konbini", { storeId: "010" }, "JPY", ["Seven Eleven", "Zahlschein öffnen"]],
  ["boletoBancario", { nationalId: "12345678909", returnUrl: BACK }, "BRL", ["Code des Zahlscheins"]],
];

test("instructions say how to pay later", async () => {
  const page = await openShop({ locale: "de" });
  for (const [type, details, currency, shown] of INSTRUCTIONS) {
    const { source } = await page.evaluate((sent) => digitalRiver.createSource(sent), {
      ...{ type, amount: 100, currency, owner: OWNER, [type]: details },
    });
    const options = { sourceId: source.id, sourceClientSecret: source.clientSecret };
    await mountElements(page, ["delayedpaymentinstructions"], options);
    for (const words of [...shown, "Zahlbar bis", "Betrag"]) await page.getByText(words, { exact: true }).waitFor();
    await page.evaluate(async () => {
      await elements.delayedpaymentinstructions.destroy();
      document.getElementById("main").replaceChildren();
    });
  }
  await mountElements(page, ["delayedpaymentinstructions"], { sourceId: "x", sourceClientSecret: "x_y" });
  await page.getByText(/können gerade nicht angezeigt werden/).waitFor();
  await assert.rejects(page.evaluate(() => new DigitalRiver("pk_x").createElement("delayedpaymentinstructions", { sourceId: "x" })));
});

test("iDEAL asks for nothing at a single purchase", async () => {
  const guest = await Guest.start("de_DE", "NL");
  const page = await openShop();
  await mountElements(page, ["ideal"], { ideal: { sessionId: guest.sessionId } });
  assert.equal(await page.locator(".DR-ideal-container > *").count(), 0);
  const { source, error } = await makeSource(page, "ideal", {
    ...{ type: "ideal", sessionId: guest.sessionId, owner: OWNER, ideal: { returnUrl: BACK } },
  });
  assert.deepEqual([source?.state, error], ["pending_redirect", null]);
  await assert.rejects(page.evaluate(() => new DigitalRiver("pk_x").createElement("ideal", {})));
});

test("iDEAL for a subscription needs the agreement and an IBAN", async () => {
  const guest = await Guest.start("de_DE", "NL", SUBSCRIPTION);
  const page = await openShop();
  await mountElements(page, ["ideal"], { ideal: { sessionId: guest.sessionId } });
  const data = { type: "ideal", sessionId: guest.sessionId, owner: OWNER, ideal: { returnUrl: BACK } };
  const refused = await makeSource(page, "ideal", data);
  assert.equal(refused.error.errors[0].code, "missing_parameter");
  await page.getByRole("checkbox", { name: /direct debit/ }).check();
  const iban = page.frameLocator(".DR-iban-ideal iframe").locator("#field");
  await iban.fill(IBAN);
  await page.waitForFunction(() => events.some(({ event, iban }) => event === "change" && iban?.complete));
  const { source, error } = await makeSource(page, "ideal", data);
  assert.deepEqual([source?.state, error], ["pending_redirect", null]);
  assert.match(source.mandate.terms, /direct debit/);
  await page.getByRole("checkbox").uncheck();
  assert.equal(await page.locator("iframe").count(), 0);
});
