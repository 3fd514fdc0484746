// Drop-in in the checkout: its configuration, the card, and the list of payment methods.
import assert from "node:assert/strict";
import { test } from "node:test";
import { dropinField, entry, mountDropin, nextReport, openEntry, pay, problemOf, typeDropinCard } from "./dropin.mjs";
import { Guest, openShop, OWNER, VISA } from "./storefront.mjs";
import { typeIn } from "../typing.mjs";

test("guest pays with a card by keyboard alone", async () => {
  const guest = await Guest.start();
  const page = await openShop();
  await mountDropin(page, { sessionId: guest.sessionId });
  const [[ready, { paymentMethodTypes }]] = await page.evaluate(() => reports);
  assert.equal(ready, "onReady");
  assert.deepEqual(paymentMethodTypes.slice(0, 2), ["creditCard", "afterPay"]);
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.getAttribute("aria-expanded")), "true");
  const card = { cardnumber: VISA.number, cardexpiration: VISA.expiration, cardcvv: VISA.cvv };
  for (const [type, typed] of Object.entries(card)) {
    await page.keyboard.press("Tab");
    await dropinField(page, type).and(page.frameLocator(`.DR-${type} iframe`).locator(":focus")).waitFor();
    await page.keyboard.type(typed);
  }
  await page.keyboard.press("Tab");
  await page.locator(".DR-pay-button:focus").waitFor();
  const { source, readyForStorage, consents } = await nextReport(page, "onSuccess", () => page.keyboard.press("Enter"));
  assert.deepEqual([source.state, source.sessionId, readyForStorage], ["chargeable", guest.sessionId, false]);
  assert.equal(consents, undefined);
  await guest.attach(source.id);
  assert.equal((await guest.submit()).paymentSession.status, "complete");
  assert.deepEqual(page.problems, []);
});

test("double click makes one source", async () => {
  const guest = await Guest.start();
  const page = await openShop();
  await mountDropin(page, { sessionId: guest.sessionId });
  await typeDropinCard(page);
  const sent = [];
  page.on("request", (request) => request.method() === "POST" && sent.push(request.url()));
  await nextReport(page, "onSuccess", () => entry(page, "creditCard").locator(".DR-pay-button").dblclick());
  assert.equal(sent.length, 1);
});

test("incomplete card is explained and makes no source", async () => {
  const guest = await Guest.start();
  const page = await openShop({ locale: "de-DE" });
  await mountDropin(page, { sessionId: guest.sessionId });
  await typeIn(dropinField(page, "cardnumber"), "4444 2222");
  await pay(page, "creditCard");
  const problem = (type) => page.locator(`.DR-${type} .DR-error-message`).textContent();
  await page.locator(".DR-cardcvv .DR-error-message", { hasText: "Die Prüfziffer ist unvollständig." }).waitFor();
  assert.equal(await problem("cardnumber"), "Die Kartennummer ist unvollständig.");
  assert.equal(await problem("cardexpiration"), "Das Ablaufdatum ist unvollständig.");
  const heard = page.frameLocator(".DR-cardcvv iframe").locator("#error");
  assert.equal(await heard.textContent(), "Die Prüfziffer ist unvollständig.");
  assert.equal(await page.evaluate(() => document.activeElement.closest(".DR-cardnumber") !== null), true);
  assert.equal(await page.evaluate(() => reports.length), 1, "onReady only");
});

test("refused card is reported, and another one pays", async () => {
  const guest = await Guest.start();
  const page = await openShop();
  await mountDropin(page, { sessionId: guest.sessionId, options: { button: { type: "payNow" } } });
  await typeDropinCard(page, { ...VISA, number: "4000000000003295" });
  const { type, errors } = await nextReport(page, "onError", () =>
    page.getByRole("button", { name: "Pay now" }).click(),
  );
  assert.deepEqual([type, errors[0].code], ["bad_request", "source_creation_failed"]);
  assert.match(await problemOf(page, "creditCard"), /^The payment method was not accepted\./);
  await dropinField(page, "cardnumber").fill(VISA.number);
  const { source } = await nextReport(page, "onSuccess", () => pay(page, "creditCard"));
  assert.equal(source.creditCard.lastFourDigits, "1111");
  assert.equal(await problemOf(page, "creditCard"), "");
});

test("bank challenges the card: failed, abandoned, then passed", async () => {
  const guest = await Guest.start();
  const page = await openShop();
  await mountDropin(page, { sessionId: guest.sessionId });
  await typeDropinCard(page, { ...VISA, number: "5454545454545454" });
  const bank = page.frameLocator("dialog iframe");
  const confirm = async (password) => {
    await pay(page, "creditCard");
    await bank.getByLabel("Password").fill(password);
    await bank.getByRole("button", { name: "Confirm" }).click();
  };
  const abandon = async () => {
    await pay(page, "creditCard");
    await page.locator("dialog").getByRole("button", { name: "Cancel" }).click();
  };
  for (const job of [() => confirm("wrong"), abandon]) {
    const { errors } = await nextReport(page, "onError", job);
    assert.equal(errors[0].code, "3ds2_error");
    assert.match(await problemOf(page, "creditCard"), /^Your bank has not confirmed/);
  }
  const { source } = await nextReport(page, "onSuccess", () => confirm("password"));
  assert.equal(source.state, "chargeable");
  assert.equal(await problemOf(page, "creditCard"), "");
});

test("refresh keeps a typed card and takes new methods over", async () => {
  const guest = await Guest.start();
  const page = await openShop();
  await mountDropin(page, { sessionId: guest.sessionId });
  await typeDropinCard(page);
  await entry(page, "wireTransfer").waitFor();
  await guest.ask("POST", `/carts/active/line-items?productId=5401231600`);
  await page.evaluate(() => dropin.refresh());
  await entry(page, "wireTransfer").waitFor({ state: "detached" });
  assert.equal(await dropinField(page, "cardnumber").inputValue(), "4444 2222 3333 1111");
  assert.equal((await nextReport(page, "onSuccess", () => pay(page, "creditCard"))).source.state, "chargeable");
});

test("session that is not known is reported and can be tried again", async () => {
  const guest = await Guest.start();
  const page = await openShop();
  await mountDropin(page, { sessionId: "forgotten" });
  const [name, error] = await page.evaluate(() => reports[0]);
  assert.deepEqual([name, error.type, error.errors.length], ["onError", "not_found", 1]);
  await page.evaluate((sessionId) => dropin.mount("main", sessionId), guest.sessionId);
  await entry(page, "creditCard").waitFor();
  assert.equal(await page.locator(".DR-dropin").count(), 1, "the second Drop-in replaces the first");
  assert.equal(await page.getByRole("button", { name: "Try again" }).count(), 0);
});

test("list that could not be loaded can be tried again", async () => {
  const guest = await Guest.start();
  const page = await openShop();
  await page.route("**/payments/payment-methods*", (route) => route.abort());
  await mountDropin(page, { sessionId: guest.sessionId });
  const [name, error] = await page.evaluate(() => reports[0]);
  assert.deepEqual([name, error.type], ["onError", "no_network"]);
  await page.unroute("**/payments/payment-methods*");
  await nextReport(page, "onReady", () => page.getByRole("button", { name: "Try again" }).click());
  await page.waitForFunction(() => document.activeElement.matches(".DR-creditCard .DR-card-toggle"));
  await entry(page, "creditCard").waitFor();
  assert.equal(await page.locator(".DR-status").textContent(), "");
});

test("filters of the configuration decide which methods are listed", async () => {
  const { sessionId } = await Guest.start();
  const page = await openShop();
  const listed = async (paymentMethodConfiguration, options) => {
    await mountDropin(page, { sessionId, paymentMethodConfiguration, options });
    const { paymentMethodTypes } = await page.evaluate(() => reports[0][1]);
    return paymentMethodTypes;
  };
  assert.deepEqual(await listed({ enabledPaymentMethods: ["wireTransfer", "creditCard", "konbini"] }), [
    "creditCard",
    "wireTransfer",
  ]);
  assert.ok(!(await listed({ disabledPaymentMethods: ["creditCard"] })).includes("creditCard"));
  await listed({ enabledPaymentMethods: ["konbini"] });
  assert.equal(await page.locator(".DR-status").textContent(), "No payment method is available for this purchase.");
  await listed({}, { expandFirstPaymentMethod: false });
  assert.equal(await page.locator(".DR-card-toggle[aria-expanded=true]").count(), 0);
});

test("look, placeholders and button follow the configuration", async () => {
  const { sessionId } = await Guest.start();
  const page = await openShop();
  await mountDropin(page, {
    sessionId,
    paymentMethodConfiguration: {
      classes: { base: "own-field" },
      style: { base: { color: "rgb(1, 2, 3)" } },
      creditCard: { cardNumberPlaceholderText: "Number", cardExpirationPlaceholderText: "Month", mask: true },
    },
    options: { button: { type: "custom", buttonText: "Order now" } },
  });
  await page.locator(".DR-cardnumber .own-field").waitFor();
  const number = dropinField(page, "cardnumber");
  assert.equal(await number.evaluate((input) => getComputedStyle(input).color), "rgb(1, 2, 3)");
  assert.equal(await number.getAttribute("placeholder"), "Number");
  assert.equal(await dropinField(page, "cardexpiration").getAttribute("placeholder"), "Month");
  await entry(page, "creditCard").getByRole("button", { name: "Order now" }).waitFor();
});

test("one entry is open at a time", async () => {
  const { sessionId } = await Guest.start();
  const page = await openShop();
  await mountDropin(page, { sessionId });
  await openEntry(page, "wireTransfer");
  const open = page.locator(".DR-card-toggle[aria-expanded=true]");
  assert.deepEqual(await open.allInnerTexts(), ["Wire transfer"]);
  await open.click();
  assert.equal(await open.count(), 0);
});

const THROWS = [
  [{ sessionId: undefined }, "Please provide a sessionId"],
  [
    { options: { flow: "managePaymentMethods" }, billingAddress: undefined, sessionId: undefined },
    "Please provide a billingAddress",
  ],
  [{ billingAddress: { ...OWNER, firstName: "" } }, "Please provide a billingAddress.firstName"],
  [{ billingAddress: { ...OWNER, email: undefined } }, "Please provide a billingAddress.email"],
  [{ billingAddress: { ...OWNER, phoneNumber: undefined } }, "Please provide a billingAddress.phoneNumber"],
  [{ billingAddress: { ...OWNER, address: {} } }, "Please provide a billingAddress.address"],
  [{ billingAddress: { ...OWNER, address: { country: "US" } } }, "Please provide a billingAddress.address.line1"],
  [
    { paymentMethodConfiguration: { enabledPaymentMethods: ["payPal"], disabledPaymentMethods: ["payPal"] } },
    "Payment method payPal cannot be enabled and disabled.",
  ],
  [
    { options: { redirect: { disableAutomaticRedirects: true, returnUrl: "https://shop.example/back" } } },
    "Please provide options.redirect.cancelUrl",
  ],
];

test("configuration with a fault throws, as does a missing container", async () => {
  const page = await openShop();
  const messages = await page.evaluate(
    (configurations) =>
      configurations.map((configuration) => {
        try {
          return digitalRiver.createDropin(configuration) && "";
        } catch (error) {
          return error.message;
        }
      }),
    THROWS.map(([configuration]) => ({ sessionId: "x", billingAddress: OWNER, ...configuration })),
  );
  assert.deepEqual(
    messages,
    THROWS.map(([, message]) => message),
  );
  const mount = page.evaluate(() => digitalRiver.createDropin({ sessionId: "x" }).mount("nowhere"));
  await assert.rejects(mount, /the page has no nowhere/);
});
