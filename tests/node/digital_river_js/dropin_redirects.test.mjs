// Drop-in with payment methods that the shopper approves at a provider.
import assert from "node:assert/strict";
import { test } from "node:test";
import { decideInWindow, entry, mountDropin, nextReport, openEntry, pay, problemOf } from "./dropin.mjs";
import { Guest, openShop, sandbox } from "./storefront.mjs";

const pages = [];

async function openWith(type, configuration = {}, guest = null) {
  const shopper = guest ?? (await Guest.start());
  const page = await openShop();
  pages.push(page);
  await mountDropin(page, { sessionId: shopper.sessionId, ...configuration });
  await openEntry(page, type);
  return { guest: shopper, page };
}

for (const type of ["payPal", "klarnaCredit"]) {
  test(`${type} approved in the window pays an order at once`, async () => {
    const { guest, page } = await openWith(type);
    const { source } = await nextReport(page, "onSuccess", () => decideInWindow(page, type, "approve"));
    assert.equal(source.state, "chargeable");
    assert.equal(await page.locator("dialog").count(), 0);
    await guest.attach(source.id);
    assert.equal((await guest.submit()).paymentSession.status, "complete");
  });
}

test("payment that is not approved is cancelled, and can be tried again", async () => {
  const { page } = await openWith("klarnaCredit");
  for (const decision of ["cancel", "later"]) {
    const cancelled = await nextReport(page, "onCancel", () => decideInWindow(page, "klarnaCredit", decision));
    assert.deepEqual(cancelled, { paymentMethod: "klarnaCredit" });
    assert.match(await problemOf(page, "klarnaCredit"), /^You have not approved the payment\./);
  }
  const { source } = await nextReport(page, "onSuccess", () => decideInWindow(page, "klarnaCredit", "approve"));
  assert.equal(source.state, "chargeable");
  assert.equal(await problemOf(page, "klarnaCredit"), "");
});

test("rejected payment is an error", async () => {
  const { page } = await openWith("klarnaCredit");
  const error = await nextReport(page, "onError", () => decideInWindow(page, "klarnaCredit", "reject"));
  assert.deepEqual([error.type, error.errors[0].code], ["bad_request", "source_creation_failed"]);
});

test("closed window and cancelled dialog cancel the payment", async () => {
  const { page } = await openWith("klarnaCredit");
  const open = async () => {
    const [provider] = await Promise.all([page.waitForEvent("popup"), pay(page, "klarnaCredit")]);
    await provider.waitForURL(/\/payments\/redirects\//);
    return provider;
  };
  await nextReport(page, "onCancel", async () => (await open()).close());
  const provider = await open();
  const dialog = page.getByRole("dialog", { name: "Approve the payment" });
  assert.match(await dialog.innerText(), /continue in the window of Klarna/);
  const closed = provider.waitForEvent("close");
  await nextReport(page, "onCancel", () => page.keyboard.press("Escape"));
  await closed;
  const focused = await page.evaluate(() => document.activeElement.className);
  assert.match(focused, /DR-pay-button/, "the focus is back on the button");
});

test("window that the browser did not open is opened by a second click", async () => {
  const { page } = await openWith("klarnaCredit");
  await page.evaluate(() => {
    const open = window.open.bind(window);
    window.open = () => {
      window.open = open;
      return null;
    };
  });
  await pay(page, "klarnaCredit");
  const [provider] = await Promise.all([
    page.waitForEvent("popup"),
    page.getByRole("button", { name: "Open the window" }).click(),
  ]);
  await nextReport(page, "onSuccess", () => provider.locator("button[value=approve]").click());
});

test("page of another origin cannot end the payment", async () => {
  const { page } = await openWith("klarnaCredit");
  await Promise.all([page.waitForEvent("popup"), pay(page, "klarnaCredit")]);
  await page.getByRole("dialog").waitFor();
  const url = await page.evaluate(async () => {
    for (let number = 0; number < 500; number++) {
      for (const name of ["provider", "dialog"]) {
        window.postMessage({ digitalRiver: "returned", id: `DR-${name}-${number}` }, "*");
      }
    }
    await new Promise((resolve) => setTimeout(resolve));
    return location.href;
  });
  assert.ok(!url.startsWith(sandbox));
  assert.equal(await page.getByRole("dialog").count(), 1);
  assert.equal(await page.evaluate(() => reports.length), 1, "onReady only");
});

const OWN_REDIRECT = {
  disableAutomaticRedirects: true,
  returnUrl: "https://shop.example/back",
  cancelUrl: "https://shop.example/cancelled",
};

test("storefront that redirects itself gets the source at once", async () => {
  const { guest, page } = await openWith("klarnaCredit", { options: { redirect: OWN_REDIRECT } });
  assert.match(await entry(page, "klarnaCredit").locator(".DR-note").innerText(), /after you have placed the order/);
  const { source } = await nextReport(page, "onSuccess", () => pay(page, "klarnaCredit"));
  assert.deepEqual([source.state, source.redirect.returnUrl], ["pending_redirect", OWN_REDIRECT.returnUrl]);
  assert.equal(source.redirect.cancelUrl, OWN_REDIRECT.cancelUrl);
  await guest.attach(source.id);
  assert.equal((await guest.submit()).paymentSession.status, "pending_redirect");
});

test("PayPal opens its window unless its own option is set", async () => {
  const { page } = await openWith("payPal", { options: { redirect: OWN_REDIRECT } });
  const { source } = await nextReport(page, "onSuccess", () => decideInWindow(page, "payPal", "approve"));
  assert.equal(source.state, "chargeable");
  const redirect = { ...OWN_REDIRECT, disableAutomaticRedirectsPaypal: true };
  const second = await openWith("payPal", { options: { redirect } });
  const made = await nextReport(second.page, "onSuccess", () => pay(second.page, "payPal"));
  assert.equal(made.source.state, "pending_redirect");
});

test("page to which a window returns has the language of the shopper", async () => {
  const page = await openShop();
  await page.goto(`${sandbox}/v1/frames/returned.html?locale=de-DE`);
  await page.getByText("Sie können dieses Fenster schließen").waitFor();
  assert.equal(await page.title(), "Zurück zum Shop");
  assert.equal(await page.locator("html").getAttribute("lang"), "de-DE");
});

test("wire transfer waits for the money after the order", async () => {
  const { guest, page } = await openWith("wireTransfer");
  const { source } = await nextReport(page, "onSuccess", () => pay(page, "wireTransfer"));
  assert.equal(source.state, "pending_funds");
  await guest.attach(source.id);
  assert.equal((await guest.submit()).paymentSession.status, "pending_funds");
});

test("no page reported a problem", () => {
  assert.deepEqual(
    pages.flatMap((page) => page.problems),
    [],
  );
});
