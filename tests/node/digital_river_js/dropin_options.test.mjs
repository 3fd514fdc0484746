// What the options of Drop-in add: terms, storage, saved payment methods, account pages and purchases for nothing.
import assert from "node:assert/strict";
import { test } from "node:test";
import { decideInWindow, entry, mountDropin, nextReport, openEntry, pay, typeDropinCard } from "./dropin.mjs";
import { Guest, openShop } from "./storefront.mjs";

async function openWith(configuration, { locale, guest } = {}) {
  const shopper = guest ?? (await Guest.start());
  const page = await openShop({ locale });
  await mountDropin(page, { sessionId: shopper.sessionId, ...configuration });
  return { guest: shopper, page };
}

const CONSENTS = {
  companyName: "Riverdemo",
  eula: { url: "https://shop.example/eula" },
  termsOfUse: { url: "https://shop.example/terms" },
};

test("terms must be accepted, and the acceptance is reported", async () => {
  const { page } = await openWith({ options: { showTermsOfSaleDisclosure: true, consents: CONSENTS } });
  const card = entry(page, "creditCard");
  const box = card.getByRole("checkbox", { name: /Riverdemo/ });
  assert.deepEqual(
    await card.locator(".DR-terms a").evaluateAll((links) => links.map(({ href }) => new URL(href).pathname)),
    ["/v1/legal/termsOfSale", "/v1/legal/privacyPolicy", "/eula", "/terms"],
  );
  await typeDropinCard(page);
  await pay(page, "creditCard");
  await card.getByRole("alert").filter({ hasText: "Please accept this to continue." }).waitFor();
  assert.equal(await box.getAttribute("aria-invalid"), "true");
  assert.equal(await box.evaluate((input) => input === document.activeElement), true);
  await box.check();
  const { consents } = await nextReport(page, "onSuccess", () => pay(page, "creditCard"));
  assert.deepEqual(consents, { eula: true, termsOfUse: true, termsOfSale: true });
  assert.deepEqual(page.problems, []);
});

test("terms of a purchase that renews are the agreement to store the card", async () => {
  const guest = await Guest.start();
  await guest.ask("POST", "/carts/active/line-items?productId=5401231600");
  const { page } = await openWith({ options: { showTermsOfSaleDisclosure: true, usage: "subscription" } }, { guest });
  const card = entry(page, "creditCard");
  assert.match(await card.locator(".DR-terms").innerText(), /at the beginning of each term/);
  await typeDropinCard(page);
  await card.getByRole("checkbox").check();
  const { source, readyForStorage } = await nextReport(page, "onSuccess", () => pay(page, "creditCard"));
  assert.equal(readyForStorage, true);
  assert.match(source.mandate.terms, /charges your payment method today, .* the Terms of sale and the Privacy policy/);
  assert.deepEqual([source.futureUse, source.usage], [true, "subscription"]);
});

test("refresh shows the terms of a purchase that renews, and keeps the card", async () => {
  const { guest, page } = await openWith({ options: { showTermsOfSaleDisclosure: true } });
  await typeDropinCard(page);
  const terms = entry(page, "creditCard").locator(".DR-terms");
  await terms.getByRole("checkbox").check();
  await page.evaluate(() => dropin.refresh());
  assert.equal(await terms.getByRole("checkbox").isChecked(), true, "the same terms stay accepted");
  await guest.ask("POST", "/carts/active/line-items?productId=5401231600");
  await page.evaluate(() => dropin.refresh());
  await terms.getByText("at the beginning of each term").waitFor();
  assert.equal(await terms.getByRole("checkbox").isChecked(), false, "other terms are not accepted yet");
  await terms.getByRole("checkbox").check();
  const { readyForStorage } = await nextReport(page, "onSuccess", () => pay(page, "creditCard"));
  assert.equal(readyForStorage, true);
});

test("stored card is ready for storage", async () => {
  const { page } = await openWith({ options: { showSavePaymentAgreement: true, usage: "convenience" } });
  await typeDropinCard(page);
  const first = await nextReport(page, "onSuccess", () => pay(page, "creditCard"));
  assert.deepEqual([first.readyForStorage, first.supportsStorage], [false, true]);
  await entry(page, "creditCard")
    .getByRole("checkbox", { name: /next purchases/ })
    .check();
  const sent = page.waitForRequest((request) => request.method() === "POST" && request.url().endsWith("/sources"));
  const { source, readyForStorage } = await nextReport(page, "onSuccess", () => pay(page, "creditCard"));
  assert.equal(readyForStorage, true);
  const { futureUse, usage } = (await sent).postDataJSON();
  assert.deepEqual([futureUse, usage], [true, "convenience"]);
  assert.match(source.mandate.terms, /may store this payment method/);
  await openEntry(page, "wireTransfer");
  assert.equal(await entry(page, "wireTransfer").getByRole("checkbox").count(), 0, "it cannot be stored");
});

test("account page lists what can be stored, and stores a card", async () => {
  const options = { flow: "managePaymentMethods", showComplianceSection: false };
  const { page } = await openWith({ sessionId: undefined, options });
  const [, { paymentMethodTypes }] = await page.evaluate(() => reports[0]);
  assert.ok(paymentMethodTypes.includes("creditCard") && paymentMethodTypes.includes("payPalBilling"));
  assert.ok(!paymentMethodTypes.includes("wireTransfer") && !paymentMethodTypes.includes("payPal"));
  await typeDropinCard(page);
  await pay(page, "creditCard");
  await entry(page, "creditCard").getByRole("alert").filter({ hasText: "Please accept" }).waitFor();
  await entry(page, "creditCard").getByRole("checkbox").check();
  const { source, readyForStorage } = await nextReport(page, "onSuccess", () => pay(page, "creditCard"));
  assert.deepEqual([source.state, source.sessionId, readyForStorage], ["chargeable", undefined, true]);
  assert.deepEqual(page.problems, []);
});

test("account page asks for the methods that its recurring model allows", async () => {
  const page = await openShop();
  const models = [];
  page.on("request", (request) => {
    const { pathname, searchParams } = new URL(request.url());
    if (pathname.endsWith("/payment-methods") && request.method() === "GET") models.push(searchParams.get("recurringModel"));
  });
  for (const recurringModel of [undefined, "subscription"]) {
    await mountDropin(page, { options: { flow: "managePaymentMethods", recurringModel } });
  }
  assert.deepEqual(models, ["COF", "subscription"]);
});

test("account page stores a method that the shopper approves in a window", async () => {
  const options = { flow: "managePaymentMethods", showComplianceSection: false };
  const { page } = await openWith({ sessionId: undefined, options });
  await openEntry(page, "payPalBilling");
  await entry(page, "payPalBilling").getByRole("checkbox").check();
  const { source, readyForStorage } = await nextReport(page, "onSuccess", () =>
    decideInWindow(page, "payPalBilling", "approve"),
  );
  assert.deepEqual([source.state, readyForStorage], ["chargeable", true]);
});

test("disclosure of a payment method must be accepted where the bank needs it", async () => {
  const guest = await Guest.start("de_DE", "AT");
  const { page } = await openWith({}, { guest, locale: "de-DE" });
  await openEntry(page, "klarnaCredit");
  assert.match(await entry(page, "klarnaCredit").locator(".DR-disclosure").innerText(), /Klarna prüft/);
  assert.equal(await entry(page, "klarnaCredit").getByRole("checkbox").count(), 0);
});

const SAVED_CARD = {
  type: "creditCard",
  id: "card-1",
  brand: "Visa",
  lastFour: "1111",
  expirationMonth: 4,
  expirationYear: 2031,
};

const CREDIT = { type: "storeCredit", id: "credit-1", displayName: "Gift card", amount: 10 };

test("saved card and store credit stand before the other methods", async () => {
  const warnings = [];
  const guest = await Guest.start();
  const page = await openShop();
  page.on("console", (message) => message.type() === "warning" && warnings.push(message.text()));
  const incomplete = [
    { type: "creditCard", id: "card-2" },
    { type: "klarnaCredit", id: "klarna-1" },
  ];
  await mountDropin(page, {
    sessionId: guest.sessionId,
    options: { storedPaymentMethods: [SAVED_CARD, CREDIT, ...incomplete], button: { type: "buyNow" } },
  });
  const headings = await page.locator(".DR-group-heading, .DR-card-toggle").allInnerTexts();
  assert.deepEqual(headings.slice(0, 5), [
    "Saved payment methods",
    "Visa, ending in 1111\nExpires 04/31",
    "Gift card, $10.00",
    "Other payment methods",
    "Credit or debit card",
  ]);
  assert.equal(warnings.length, 2);
  const saved = page.locator(".DR-stored.DR-creditCard");
  const { source, storedPaymentMethod } = await nextReport(page, "onSuccess", () =>
    saved.getByRole("button", { name: "Buy now" }).click(),
  );
  assert.equal(source, null);
  assert.deepEqual(storedPaymentMethod, SAVED_CARD);
});

test("storefront adds and removes store credit, and gives the new list", async () => {
  const { sessionId } = await Guest.start();
  const page = await openShop();
  await page.evaluate(
    async (configuration) => {
      window.asked = [];
      const onUpdateRequired = ({ selectedPaymentMethod: { action }, storedPaymentMethods, updateWith }) => {
        asked.push(action);
        return updateWith(storedPaymentMethods.map((method) => ({ ...method, added: action === "add" })));
      };
      await digitalRiver.createDropin({ ...configuration, onUpdateRequired }).mount("main");
    },
    { sessionId, options: { storedPaymentMethods: [CREDIT] } },
  );
  const credit = page.locator(".DR-storeCredit");
  await credit.getByRole("button", { name: "Use the credit" }).click();
  await credit.getByText("$10.00 of this credit pays for the purchase.").waitFor();
  await credit.getByRole("button", { name: "Remove Gift card" }).click();
  await credit.getByRole("button", { name: "Use the credit" }).waitFor();
  await page.waitForFunction(() => document.activeElement.matches(".DR-storeCredit .DR-card-toggle"));
  assert.deepEqual(await page.evaluate(() => asked), ["add", "remove"]);
});

test("store credit that covers everything pays alone", async () => {
  const enough = { ...CREDIT, amount: 5000 };
  const { page } = await openWith({ options: { storedPaymentMethods: [enough], button: { type: "payNow" } } });
  const { source, storedPaymentMethod } = await nextReport(page, "onSuccess", () =>
    page.locator(".DR-storeCredit").getByRole("button", { name: "Pay now" }).click(),
  );
  assert.deepEqual([source, storedPaymentMethod.id], [null, "credit-1"]);
});

test("purchase for nothing needs no payment method", async () => {
  const guest = await Guest.start();
  await guest.ask("DELETE", "/carts/active/line-items");
  await guest.ask("POST", "/carts/active?productId=5401230700&promoCode=ONTHEHOUSE");
  const options = { skipPaymentForZeroDollarOrders: true, showTermsOfSaleDisclosure: true };
  const { page } = await openWith({ options }, { guest });
  await page.getByText("There is nothing to pay.").waitFor();
  assert.equal(await page.locator(".DR-card").count(), 0);
  await page.getByRole("button", { name: "Continue" }).click();
  await page.getByRole("checkbox").check();
  const result = await nextReport(page, "onSuccess", () => page.getByRole("button", { name: "Continue" }).click());
  assert.deepEqual([result.source, result.sourceNotRequired], [null, true]);
});

test("compliance section names the seller of the session", async () => {
  const { page } = await openWith({ options: { showComplianceSection: true } });
  const footer = page.locator(".DR-Legal-Footer");
  assert.match(await footer.innerText(), /^The seller of your order is Digital River/);
  await footer.getByRole("link", { name: /^Privacy policy/ }).waitFor();
  const links = await footer.getByRole("link").count();
  assert.ok(links >= 5);
});
