// Every element in light and dark, on a desk and on a narrow phone: nothing is too wide, and axe-core finds nothing.
// A third argument names a folder for screenshots.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { test } from "node:test";
import { field, Guest, mountElements, openShop, OWNER, SUBSCRIPTION, typeCard, VISA } from "./storefront.mjs";

const RULES = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const FOLDER = process.argv[4];

const STYLE = `
  body { margin: 0; padding: 1rem; background: light-dark(#fff, #14181a); color: light-dark(#1b2528, #e8eef0); font: 1rem/1.5 sans-serif; }
  #main { display: grid; gap: 0.5rem; max-width: 32rem; }
  #main > .DRElement { padding: 0.6rem 0.75rem; border: 1px solid light-dark(#84949b, #71858d); border-radius: 6px; }
  .DRElement--invalid { border-color: light-dark(#a32626, #ff9d97) !important; }
  a { color: light-dark(#0f5c6b, #6cc5d3); }
`;

const BRAZIL = { country: "BR", sellingEntity: "DR_IRELAND-ENTITY" };

const wide = { width: 1280, height: 1600 };

const narrow = { width: 320, height: 1600 };

const MODES = [
  { colorScheme: "light", viewport: wide },
  { colorScheme: "dark", viewport: narrow },
  // A folder asks for all screenshots.
  ...(FOLDER ? [{ colorScheme: "dark", viewport: wide }, { colorScheme: "light", viewport: narrow }] : []),
];

async function openStyled(mode, options = {}) {
  // The policy of the storefront would keep out the rules of axe-core and the style of this page.
  const page = await openShop({ context: { ...mode, bypassCSP: true }, ...options });
  await page.addStyleTag({ content: STYLE });
  return page;
}

/** Check the page and its frames. */
async function check(page, name, mode) {
  if (FOLDER) await page.screenshot({ path: `${FOLDER}/${name}-${mode.colorScheme}-${mode.viewport.width}.png`, fullPage: true });
  for (const frame of page.frames()) {
    const { tooWide, violations } = await inspect(frame);
    assert.deepEqual([frame.url(), tooWide, violations], [frame.url(), 0, []]);
  }
  assert.deepEqual(page.problems, []);
}

async function inspect(frame) {
  await frame.evaluate(RULES);
  return frame.evaluate(async () => {
    // Frames are checked each on its own. A field or a sheet in a frame needs no landmarks, and the page no level-one heading.
    const off = ["region", "landmark-one-main", "page-has-heading-one"];
    // The ground of a transparent frame is that of the page, which axe-core does not see.
    if (getComputedStyle(document.body).backgroundColor === "rgba(0, 0, 0, 0)") off.push("color-contrast");
    const rules = Object.fromEntries(off.map((id) => [id, { enabled: false }]));
    const { violations } = await axe.run({ iframes: false, rules });
    const tooWide = Math.max(document.documentElement.scrollWidth - innerWidth, 0);
    return { tooWide, violations: violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(", ")}`) };
  });
}

for (const mode of MODES) {
  test(`fields are legible in ${mode.colorScheme}, ${mode.viewport.width} pixels`, async () => {
    const page = await openStyled(mode, { locale: "de" });
    await mountElements(page, ["cardnumber", "cardexpiration", "cardcvv", "iban", "giftcardnumber", "giftcardpin"]);
    await mountElements(page, ["onlinebanking"], { onlineBanking: { currency: "EUR", country: "DE" } });
    await mountElements(page, ["konbini", "koreancard", "msts"]);
    await mountElements(page, ["taxidentifier"], { taxIdentifier: BRAZIL });
    await page.getByRole("radio").first().waitFor();
    await typeCard(page, { ...VISA, number: "4444222233331112" });
    await field(page, "iban").fill("DE1");
    await field(page, "iban").blur();
    await page.waitForFunction(() => events.some(({ error }) => error?.code === "incomplete_iban"));
    await check(page, "fields", mode);
  });

  test(`texts and buttons are legible in ${mode.colorScheme}, ${mode.viewport.width} pixels`, async () => {
    const guest = await Guest.start("de_DE", "NL", SUBSCRIPTION);
    const page = await openStyled(mode);
    const made = await page.evaluate((data) => digitalRiver.createSource(data), {
      ...{ type: "wireTransfer", amount: 118.01, currency: "EUR", owner: OWNER },
    });
    const { id: sourceId, clientSecret: sourceClientSecret } = made.source;
    await mountElements(page, ["delayedpaymentinstructions"], { sourceId, sourceClientSecret });
    await mountElements(page, ["compliance"], { compliance: { entity: "DR_IRELAND-ENTITY", locale: "en-IE" } });
    await mountElements(page, ["ideal"], { ideal: { sessionId: guest.sessionId } });
    await page.getByRole("checkbox").check();
    await page.frameLocator(".DR-iban-ideal iframe").locator("#field").waitFor();
    await mountElements(page, ["paypal"], { sourceData: {}, style: { color: "gold" } });
    await mountElements(page, ["paypalcredit"], { sourceData: {}, style: { color: "blue", label: "buynow" } });
    const urls = { returnUrl: "https://a.example/", cancelUrl: "https://a.example/", resultReturnUrl: "https://a.example/" };
    await mountElements(page, ["amazonpay"], { sourceData: { sessionId: guest.sessionId, amazonPay: urls } });
    await page.evaluate(() => {
      const total = { label: "Shop", amount: 5 };
      const request = { country: "US", currency: "USD", total, displayItems: [], requestShipping: false };
      for (const [type, buttonColor] of [["applepay", "black"], ["googlepay", "white"]]) {
        const container = document.getElementById("main").appendChild(document.createElement("div"));
        const options = { ...request, style: { buttonType: "checkout", buttonColor } };
        digitalRiver.createElement(type, digitalRiver.paymentRequest(options)).mount(container);
      }
    });
    await check(page, "texts", mode);
  });

  test(`sheet and challenge are legible in ${mode.colorScheme}, ${mode.viewport.width} pixels`, async () => {
    const page = await openStyled(mode, { locale: "ja" });
    await page.evaluate(() => {
      window.wallet = digitalRiver.createElement("googlepay", digitalRiver.paymentRequest({
        ...{ country: "JP", currency: "JPY", total: { label: "Shop", amount: 5980 } },
        displayItems: [{ label: "リュックサック", amount: 5000 }, { label: "税", amount: 500, isPending: true }],
        shippingOptions: [{ id: "a", label: "通常配送", amount: 480, detail: "3〜5日" }, { id: "b", label: "速達", amount: 980 }],
        requestShipping: true,
      }));
      wallet.mount(document.getElementById("main").appendChild(document.createElement("div")));
      wallet.show();
    });
    await page.frameLocator("dialog iframe").getByRole("button").waitFor();
    await check(page, "sheet", mode);
    await page.locator("dialog header button").click();
    await page.evaluate((owner) => {
      digitalRiver.createSource({ type: "googlePay", amount: 1, currency: "USD", owner: { ...owner, lastName: "SCATest" } });
    }, OWNER);
    await page.frameLocator("dialog iframe").getByLabel("パスワード").waitFor();
    await check(page, "challenge", mode);
  });

  test(`card form and refund are legible in ${mode.colorScheme}, ${mode.viewport.width} pixels`, async () => {
    const page = await openStyled(mode, { locale: "en-GB" });
    await mountElements(page, ["creditcard"]);
    const guest = await Guest.start("de_DE", "DE");
    const { source } = await page.evaluate((data) => digitalRiver.createSource(data), {
      ...{ type: "wireTransfer", sessionId: guest.sessionId, owner: OWNER },
    });
    await guest.attach(source.id);
    await mountElements(page, ["offlinerefund"], { refundToken: await guest.refundToken((await guest.submit()).order.id) });
    await page.frameLocator(".DR-cardnumber iframe").locator("#field").fill("4444 2222 3333 1112");
    await page.getByText("The card number is invalid.").waitFor();
    await page.getByRole("button", { name: "Send" }).click();
    await page.getByText("This field is needed.").first().waitFor();
    await check(page, "card", mode);
  });
}
