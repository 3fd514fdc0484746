// Pays an order with each payment method of a list, through Drop-in or an element. Arguments: Chromium, the sandbox's
// address, and the list as JSON: `{name, type, locale, country, product, option, through}`.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  decideInWindow,
  dropinField,
  entry,
  mountDropin,
  nextReport,
  openEntry,
  pay,
  typeDropinCard,
} from "./dropin.mjs";
import { Guest, openShop, OWNER } from "./storefront.mjs";
import { typeIn } from "../typing.mjs";

const CASES = JSON.parse(process.argv[4]);

const CPF = "12345678909";

/** What a shopper fills in before paying, by the type of the payment method. */
const FILL = {
  creditCard: (page) => typeDropinCard(page),
  onlineBanking: (page) => dropinField(page, "onlinebanking").selectOption({ index: 1 }),
  konbini: (page) => dropinField(page, "konbini").selectOption("010"),
  directDebit: async (page) => {
    await typeIn(dropinField(page, "iban"), "AT611904300234573201");
    await entry(page, "directDebit").getByRole("checkbox").check();
  },
  boletoBancario: (page) => entry(page, "boletoBancario").getByLabel("CPF").fill(CPF),
};

async function shopperIn({ locale, country, product }) {
  const guest = await Guest.start(locale.replace("-", "_"), country, product);
  if (country === "BR") {
    const taxRegistrations = [{ key: "CPF", value: CPF }];
    await guest.ask("POST", "/carts/active/tax-registrations", { customerType: "I", taxRegistrations });
  }
  return guest;
}

function ownerIn(country) {
  return country === "US" ? OWNER : { ...OWNER, address: { ...OWNER.address, state: undefined, country } };
}

/** The wallet's sheet, which is a dialog with a frame. */
async function payInSheet(page, type) {
  await entry(page, type).locator(".DR-wallet button").click();
  await page.frameLocator("dialog iframe").getByRole("button", { name: /^Pay/ }).click();
}

async function payInDropin(page, guest, { type, country, option }) {
  await mountDropin(page, { sessionId: guest.sessionId, billingAddress: ownerIn(country) });
  await openEntry(page, type);
  await FILL[type]?.(page);
  return nextReport(page, "onSuccess", async () => {
    if (["applePay", "googlePay"].includes(type)) await payInSheet(page, type);
    else if (await entry(page, type).locator(".DR-note").filter({ hasText: "window" }).count()) {
      await decideInWindow(page, type, "approve", option);
    } else await pay(page, type);
  });
}

/** Amazon Pay, which Drop-in does not list. Its button leaves the page, and comes back to it. */
async function payAtAmazon(page, guest) {
  const result = new Promise((resolve) => page.exposeFunction("keepResult", resolve));
  await page.evaluate(
    ([sessionId, owner, back]) => {
      const amazonPay = { returnUrl: back, cancelUrl: back, resultReturnUrl: back, placement: "Checkout" };
      const button = digitalRiver.createElement("amazonpay", { sourceData: { sessionId, owner, amazonPay } });
      button.on("source", ({ source, error }) => keepResult({ source, error }));
      button.mount("main");
    },
    [guest.sessionId, OWNER, page.url()],
  );
  await page.getByRole("button", { name: /Amazon Pay/ }).click();
  await page.locator("button[value=approve]").click();
  await page.waitForURL("http://localhost:*/**");
  return result;
}

/** The order's payment session, after the shopper has approved what is still to be approved. */
async function placed(page, guest) {
  const { paymentSession } = await guest.submit();
  if (paymentSession.status !== "pending_redirect") return paymentSession;
  await page.goto(paymentSession.redirectUrl);
  await page.locator("button[value=approve]").click();
  await page.waitForURL("http://localhost:*/**");
  return (await guest.ask("POST", "/carts/active/resume-cart")).resumeCart.paymentSession;
}

for (const given of CASES) {
  test(`${given.name} through ${given.through}`, async () => {
    const guest = await shopperIn(given);
    const page = await openShop();
    const { source } = await (given.type === "amazonPay" ? payAtAmazon : payInDropin)(page, guest, given);
    assert.equal(source.type, given.type);
    await guest.attach(source.id);
    const { status } = await placed(page, guest);
    assert.ok(["complete", "pending", "pending_funds"].includes(status), status);
    assert.deepEqual(page.problems, []);
    await page.context().close();
  });
}
