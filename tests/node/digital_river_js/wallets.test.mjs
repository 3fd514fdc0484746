// Apple Pay and Google Pay: buttons, the payment sheet that the sandbox plays, and what a storefront answers to it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Guest, openShop } from "./storefront.mjs";

const REQUEST = {
  country: "US",
  currency: "USD",
  total: { label: "Riverdemo", amount: 118.01 },
  displayItems: [{ label: "Pack", amount: 110 }, { label: "Tax", amount: 8.01, isPending: true }],
  shippingOptions: [
    { id: "ground", label: "Ground", amount: 0, detail: "5 days" },
    { id: "express", label: "Express", amount: 15, detail: "1 day" },
  ],
  requestShipping: true,
  style: { buttonType: "buy", buttonColor: "black", buttonLanguage: "en" },
};

/** A page with the button of a wallet, whose events are recorded. `answers` are the storefront's answers by event. */
async function pageWith(type, changes = {}, { answers = {}, status = "success", ...options } = {}) {
  const page = await openShop(options);
  const wallet = { type, request: { ...REQUEST, ...changes }, answers, status };
  await page.evaluate(async ({ type, request, answers, status }) => {
    document.getElementById("main").append(Object.assign(document.createElement("div"), { id: "wallet" }));
    window.wallet = digitalRiver.createElement(type, digitalRiver.paymentRequest(request));
    const names = ["ready", "click", "cancel", "source", "shippingaddresschange", "shippingoptionchange"];
    for (const event of names) wallet.on(event, (data) => events.push({ event, ...JSON.parse(JSON.stringify(data)) }));
    for (const [event, answer] of Object.entries(answers)) wallet.on(event, ({ updateWith }) => updateWith(answer));
    wallet.on("source", ({ complete }) => complete(status));
    const ready = new Promise((resolve) => wallet.on("ready", resolve));
    if (wallet.canMakePayment()) wallet.mount("wallet");
    await ready;
  }, wallet);
  return page;
}

const sheet = (page) => page.frameLocator("dialog iframe");

const seen = (page, name) => page.evaluate((wanted) => events.filter(({ event }) => event === wanted), name);

const open = (page) => page.locator("#wallet").getByRole("button").click();

const pay = (page) => sheet(page).getByRole("button", { name: /^Pay/ }).click();

for (const type of ["applepay", "googlepay"]) {
  test(`guest pays with ${type}, and the storefront changes totals`, async () => {
    const guest = await Guest.start();
    const answers = {
      shippingaddresschange: { status: "success", total: { label: "Riverdemo", amount: 120 } },
      shippingoptionchange: { status: "success", total: { label: "Riverdemo", amount: 135 } },
    };
    const page = await pageWith(type, { sessionId: guest.sessionId }, { answers });
    await open(page);
    await sheet(page).getByRole("button", { name: "Pay $120.00" }).waitFor();
    await sheet(page).getByLabel("Ship to").selectOption({ index: 1 });
    await sheet(page).getByLabel(/Express/).check();
    await sheet(page).getByRole("button", { name: "Pay $135.00" }).click();
    await page.locator("dialog").waitFor({ state: "detached" });
    const [{ source, error, ...paid }] = await seen(page, "source");
    assert.deepEqual([source.state, source.sessionId, error], ["chargeable", guest.sessionId, null]);
    assert.equal(source.type, type === "applepay" ? "applePay" : "googlePay");
    assert.equal(paid.shippingAddress.address.city, "New York");
    assert.equal(paid.contactInformation.email, "ada@example.com");
    assert.equal(paid.billingAddress.lastName, "Lovelace");
    assert.equal(paid.shippingOption.id, "express");
    const addresses = await seen(page, "shippingaddresschange");
    assert.deepEqual(addresses.map(({ shippingAddress }) => shippingAddress.address.city), ["Minnetonka", "New York"]);
    assert.equal(addresses[0].shippingAddress.address.line1, undefined, "the street is shown only after the payment");
    assert.equal((await seen(page, "shippingoptionchange"))[0].shippingOption.id, "express");
    assert.equal((await seen(page, "click")).length, 1);
    assert.equal((await seen(page, "cancel")).length, 0);
    await guest.attach(source.id);
    assert.equal((await guest.submit()).paymentSession.status, "complete");
    assert.deepEqual(page.problems, []);
  });
}

test("closed sheet is a cancel, gives the focus back, and can be opened again", async () => {
  const page = await pageWith("googlepay", { requestShipping: false });
  await page.locator("#wallet button").focus();
  await page.keyboard.press("Enter");
  await sheet(page).getByLabel("Billing address").waitFor();
  await page.waitForFunction(() => document.activeElement.shadowRoot?.activeElement?.localName === "iframe");
  const reached = [];
  for (const label of ["Billing address", "E-mail for the receipt", "Last name in the wallet", "Pay $118.01"]) {
    reached.push(await sheet(page).locator(":focus").evaluate((node) => node.labels[0]?.textContent || node.textContent));
    await page.keyboard.press("Tab");
    assert.equal(reached.at(-1), label);
  }
  await page.locator("dialog header button").click();
  await page.waitForFunction(() => events.some(({ event }) => event === "cancel"));
  await page.waitForFunction(() => document.activeElement.shadowRoot?.activeElement?.textContent === "Buy with Google Pay");
  await page.evaluate(() => wallet.show());
  await pay(page);
  await page.waitForFunction(() => events.some(({ event }) => event === "source"));
  const [{ source, shippingAddress }] = await seen(page, "source");
  assert.deepEqual([source.amount, source.currency, shippingAddress], ["118.01", "USD", null]);
});

test("impossible address and failed payment are said in the sheet", async () => {
  const answers = { shippingaddresschange: { status: "failure", error: { message: "We do not deliver there." } } };
  const page = await pageWith("applepay", {}, { answers, status: "failure", locale: "en-US" });
  await open(page);
  await sheet(page).getByText("We do not deliver there.").waitFor();
  assert.ok(await sheet(page).locator("#pay").isDisabled());
  const other = await pageWith("applepay", { requestShipping: false }, { status: "failure" });
  await open(other);
  await sheet(other).getByLabel("Last name in the wallet").fill("Decline");
  await pay(other);
  await sheet(other).getByRole("alert").filter({ hasText: "not made" }).waitFor();
});

test("refused wallet source is an error, and a challenge is shown", async () => {
  const page = await pageWith("googlepay", { requestShipping: false }, { status: "failure" });
  await open(page);
  await sheet(page).getByLabel("Last name in the wallet").fill("SourceFail");
  await pay(page);
  await page.waitForFunction(() => events.some(({ event }) => event === "source"));
  const [{ source, error }] = await seen(page, "source");
  assert.deepEqual([source, error.errors[0].code], [null, "source_creation_failed"]);
  await sheet(page).getByLabel("Last name in the wallet").fill("SCATest");
  await pay(page);
  const bank = page.getByRole("dialog", { name: "Confirmation by your bank" }).frameLocator("iframe");
  await bank.getByLabel("Password").fill("password");
  await bank.getByRole("button", { name: "Confirm" }).click();
  await page.waitForFunction(() => events.filter(({ event }) => event === "source").length === 2);
  assert.equal((await seen(page, "source"))[1].source.state, "chargeable");
});

test("button waits for show, is updated, and follows language and color", async () => {
  const page = await pageWith("googlepay", { waitOnClick: true, requestShipping: false }, { locale: "de" });
  const button = page.locator("#wallet button");
  assert.equal(await button.innerText(), "Buy with Google Pay");
  await button.click();
  assert.equal(await page.locator("dialog").count(), 0);
  await page.evaluate(() => wallet.update({ style: { buttonType: "plain", buttonColor: "white" } }));
  assert.equal(await button.innerText(), "Google Pay");
  await page.evaluate(() => wallet.focus());
  await page.evaluate(() => wallet.show());
  await sheet(page).getByRole("button", { name: /bezahlen$/ }).waitFor();
  await page.evaluate(() => wallet.unmount());
  await page.locator("dialog").waitFor({ state: "detached" });
  assert.equal(await page.locator("#wallet button").count(), 0);
});

test("payment request and its answers are checked", async () => {
  const page = await openShop();
  const refused = await page.evaluate((request) => {
    const attempts = {
      nothing: () => digitalRiver.paymentRequest(),
      country: () => digitalRiver.paymentRequest({ ...request, country: undefined }),
      total: () => digitalRiver.paymentRequest({ ...request, total: { label: "x" } }),
      items: () => digitalRiver.paymentRequest({ ...request, displayItems: [{ label: "x" }] }),
      shipping: () => digitalRiver.paymentRequest({ ...request, requestShipping: undefined }),
      google: () => digitalRiver.createElement("googlepay", request),
      apple: () => digitalRiver.createElement("applepay", {}),
      early: () => digitalRiver.createElement("applepay", digitalRiver.paymentRequest(request)).show(),
    };
    return Object.entries(attempts).map(([name, attempt]) => {
      try {
        attempt();
        return name;
      } catch {
        return "thrown";
      }
    });
  }, REQUEST);
  assert.deepEqual(new Set(refused), new Set(["thrown"]));
  const withSession = { sessionId: "any", country: "US", currency: "USD", total: REQUEST.total };
  await page.evaluate((request) => digitalRiver.paymentRequest(request), withSession);
  const thrown = await pageWith("googlepay", {}, {});
  await thrown.evaluate(() => {
    wallet.on("shippingaddresschange", ({ updateWith }) => {
      for (const answer of [undefined, [], { status: "maybe" }]) {
        try {
          updateWith(answer);
        } catch (problem) {
          events.push({ event: "refused", message: problem.message });
        }
      }
      updateWith({ status: "success" });
    });
  });
  await open(thrown);
  await thrown.waitForFunction(() => events.filter(({ event }) => event === "refused").length === 3);
});
