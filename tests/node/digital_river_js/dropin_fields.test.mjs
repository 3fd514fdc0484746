// The fields that Drop-in shows for some payment methods, and the wallets in it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { dropinField, entry, mountDropin, nextReport, openEntry, pay } from "./dropin.mjs";
import { Guest, openShop, OWNER } from "./storefront.mjs";
import { typeIn } from "../typing.mjs";

async function openIn(market, type, configuration = {}) {
  const guest = await Guest.start(...market);
  const page = await openShop();
  const address = { ...OWNER.address, state: undefined, country: market[1] };
  await mountDropin(page, { sessionId: guest.sessionId, billingAddress: { ...OWNER, address }, ...configuration });
  await openEntry(page, type);
  return { guest, page };
}

function shownProblem(page, type, message) {
  return entry(page, type).getByRole("alert").filter({ hasText: message }).waitFor();
}

test("Lawson asks for the name in full-width characters, other stores do not", async () => {
  const { page } = await openIn(["ja_JP", "JP"], "konbini");
  const family = entry(page, "konbini").getByLabel("Family name");
  await pay(page, "konbini");
  await page.frameLocator(".DR-konbini iframe").getByRole("alert").filter({ hasText: "Select a store" }).waitFor();
  await page.locator(".DR-konbini .DR-error-message", { hasText: "Select a store" }).waitFor();
  await dropinField(page, "konbini").selectOption("010");
  assert.equal(await family.isVisible(), false);
  await dropinField(page, "konbini").selectOption("060");
  await family.waitFor();
  await family.fill("Lovelace");
  await entry(page, "konbini").getByLabel("Given name").fill("エイダ");
  await pay(page, "konbini");
  await shownProblem(page, "konbini", "Please check this.");
  assert.equal(await family.getAttribute("aria-invalid"), "true");
  await family.fill("ラブレス");
  const { source } = await nextReport(page, "onSuccess", () => family.press("Enter"));
  assert.deepEqual([source.state, source.konbini.storeId, source.owner.lastName], ["pending_funds", "060", "ラブレス"]);
  assert.deepEqual(page.problems, []);
});

test("CCAvenue asks for a phone number only if that of the address is too short", async () => {
  const { page } = await openIn(["en_IN", "IN"], "ccavenue");
  assert.equal(await entry(page, "ccavenue").getByLabel("Phone number").isVisible(), false);
  const billingAddress = { ...OWNER, phoneNumber: "12345", address: { ...OWNER.address, country: "IN" } };
  const redirect = {
    disableAutomaticRedirects: true,
    returnUrl: "https://shop.example/",
    cancelUrl: "https://shop.example/",
  };
  const second = await openIn(["en_IN", "IN"], "ccavenue", { billingAddress, options: { redirect } });
  await entry(second.page, "ccavenue").getByLabel("Phone number").fill("98765 43210");
  const { source } = await nextReport(second.page, "onSuccess", () => pay(second.page, "ccavenue"));
  assert.equal(source.owner.phoneNumber, "98765 43210");
});

test("mistyped IBAN is explained, and the disclosure must be accepted", async () => {
  const { page } = await openIn(["de_DE", "AT"], "directDebit");
  await typeIn(dropinField(page, "iban"), "AT611904300234573202");
  await pay(page, "directDebit");
  await page.locator(".DR-iban .DR-error-message", { hasText: "The IBAN is incomplete" }).waitFor();
  await shownProblem(page, "directDebit", "Please accept this to continue.");
  assert.equal(await page.evaluate(() => reports.length), 1, "onReady only");
});

test("error of a field does not move the button away from a slow click", async () => {
  const { page } = await openIn(["de_DE", "AT"], "directDebit");
  await typeIn(dropinField(page, "iban"), "AT611904300234573202");
  const button = entry(page, "directDebit").locator(".DR-pay-button");
  await button.hover({ position: { x: 20, y: 3 } });
  const { y } = await button.boundingBox();
  await page.mouse.down();
  await page.waitForFunction(() => document.querySelector(".DR-iban .DRElement--invalid"));
  assert.equal((await button.boundingBox()).y, y);
  await page.mouse.up();
  await shownProblem(page, "directDebit", "Please accept this to continue.");
  await page.locator(".DR-iban .DR-error-message", { hasText: "The IBAN is incomplete" }).waitFor();
});

const inSheet = (page) => page.frameLocator("dialog iframe");

async function openSheet(page, type) {
  await entry(page, type).locator(".DR-wallet").getByRole("button").click();
  await inSheet(page).getByRole("button", { name: /^Pay/ }).waitFor();
}

test("wallet pays after the terms were accepted", async () => {
  const options = { showTermsOfSaleDisclosure: true, showSavePaymentAgreement: true };
  const guest = await Guest.start();
  const page = await openShop();
  await mountDropin(page, { sessionId: guest.sessionId, options });
  await openEntry(page, "googlePay");
  await entry(page, "googlePay").locator(".DR-wallet").getByRole("button").click();
  await shownProblem(page, "googlePay", "Please accept this to continue.");
  assert.equal(await page.locator("dialog").count(), 0);
  for (const box of await entry(page, "googlePay").getByRole("checkbox").all()) await box.check();
  await openSheet(page, "googlePay");
  assert.deepEqual(await nextReport(page, "onCancel", () => page.keyboard.press("Escape")), {
    paymentMethod: "googlePay",
  });
  await openSheet(page, "googlePay");
  const { source, readyForStorage, consents } = await nextReport(page, "onSuccess", () =>
    inSheet(page).getByRole("button", { name: /^Pay/ }).click(),
  );
  assert.deepEqual([source.state, readyForStorage, consents.termsOfSale], ["chargeable", true, true]);
  assert.deepEqual(page.problems, []);
});

test("refresh gives the wallet the new total", async () => {
  const { guest, page } = await openIn(["en_US", "US"], "applePay");
  await guest.ask("POST", "/carts/active/line-items?productId=5401230700");
  await page.evaluate(() => dropin.refresh());
  await openSheet(page, "applePay");
  const { pricing } = await guest.cart();
  await inSheet(page).getByText(pricing.formattedOrderTotal).first().waitFor();
});

const OWN_REDIRECT = {
  disableAutomaticRedirects: true,
  returnUrl: "https://shop.example/back",
  cancelUrl: "https://shop.example/back",
};

test("business pays with TreviPay, or applies for an account", async () => {
  const guest = await Guest.start();
  await guest.ask("POST", "/carts/active", { cart: { organizationId: "organization-1" } });
  const page = await openShop();
  await mountDropin(page, { sessionId: guest.sessionId, options: { redirect: OWN_REDIRECT } });
  await openEntry(page, "msts");
  const apply = entry(page, "msts").getByRole("link", { name: "Apply for an account" });
  assert.equal(await apply.getAttribute("href"), "https://riverdemo.example/trevipay/apply");
  await dropinField(page, "poNumber").fill("PO 17");
  const sent = page.waitForRequest((request) => request.method() === "POST" && request.url().endsWith("/sources"));
  const { source } = await nextReport(page, "onSuccess", () => pay(page, "msts"));
  assert.equal(source.state, "pending_redirect");
  assert.equal((await sent).postDataJSON().msts.poNumber, "PO 17");
  assert.deepEqual(page.problems, []);
  const enrollmentUrl = "https://shop.example/apply";
  await mountDropin(page, { sessionId: guest.sessionId, paymentMethodConfiguration: { msts: { enrollmentUrl } } });
  await openEntry(page, "msts");
  assert.equal(await apply.getAttribute("href"), enrollmentUrl, "that of the storefront");
});

test("subscription by iDEAL needs the agreement to a direct debit", async () => {
  const guest = await Guest.start("de_DE", "NL", "5401231600");
  const page = await openShop();
  await mountDropin(page, { sessionId: guest.sessionId, options: { redirect: OWN_REDIRECT } });
  await openEntry(page, "ideal");
  await nextReport(page, "onError", () => pay(page, "ideal"));
  await shownProblem(page, "ideal", "Please accept this to continue.");
  await entry(page, "ideal").getByRole("checkbox").check();
  await typeIn(page.frameLocator(".DR-iban-ideal iframe").locator("#field"), "NL91ABNA0417164300");
  const { source } = await nextReport(page, "onSuccess", () => pay(page, "ideal"));
  assert.equal(source.state, "pending_redirect");
});

test("without billing address, the owner is that of the session", async () => {
  const guest = await Guest.start();
  const page = await openShop();
  await mountDropin(page, { sessionId: guest.sessionId, billingAddress: undefined });
  await openEntry(page, "wireTransfer");
  const { source } = await nextReport(page, "onSuccess", () => pay(page, "wireTransfer"));
  assert.deepEqual([source.owner.lastName, source.owner.address.country], [OWNER.lastName, "US"]);
});
