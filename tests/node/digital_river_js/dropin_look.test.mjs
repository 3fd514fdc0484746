// Drop-in as people see and hear it: languages, light and dark, a narrow page, axe-core. SCREENSHOTS names a folder.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { test } from "node:test";
import { mountDropin, openEntry, pay } from "./dropin.mjs";
import { Guest, openShop } from "./storefront.mjs";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const LOOKS = [
  { locale: "en-US", market: ["en_US", "US"], colorScheme: "light", width: 1280 },
  { locale: "en-GB", market: ["en_GB", "GB"], colorScheme: "dark", width: 390 },
  { locale: "de-DE", market: ["de_DE", "DE"], colorScheme: "light", width: 320 },
  { locale: "ja-JP", market: ["ja_JP", "JP"], colorScheme: "dark", width: 1280 },
  ...(process.env.SCREENSHOTS ? [{ locale: "en-US", market: ["en_US", "US"], colorScheme: "dark", width: 320 }] : []),
];

const SAVED_CARD = {
  type: "creditCard",
  id: "card-1",
  brand: "Visa",
  lastFour: "1111",
  expirationMonth: 4,
  expirationYear: 2031,
};

/** What axe-core finds in a part of the page, and in the frames of its fields. */
async function faultsOf(page, part = "html") {
  const found = [];
  for (const frame of page.frames()) {
    if (!(await frame.evaluate(() => "axe" in window))) await frame.evaluate(AXE);
    // A frame is transparent, so that only a look at the page shows what contrast its letters have.
    const hasGround = frame === page.mainFrame();
    const { violations } = await frame.evaluate(
      ([seesGround, selector]) =>
        axe.run(seesGround ? selector : "html", {
          runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
          rules: { "color-contrast": { enabled: seesGround } },
        }),
      [hasGround, part],
    );
    found.push(...violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`));
  }
  return found;
}

/** Fields whose name for screen readers is not the label that others see. */
async function misnamedFields(page) {
  const misnamed = [];
  for (const row of await page.locator(".DR-field-parent:has(iframe):visible").all()) {
    const label = await row.locator("label").innerText();
    const name = await row.frameLocator("iframe").locator("#field").getAttribute("aria-label");
    if (!name.startsWith(label)) misnamed.push([label, name]);
  }
  return misnamed;
}

async function keep(page, name) {
  if (process.env.SCREENSHOTS)
    await page.screenshot({ path: `${process.env.SCREENSHOTS}/${name}.png`, fullPage: true });
}

for (const { locale, market, colorScheme, width } of LOOKS) {
  test(`everybody can use it in ${locale}, ${colorScheme}, ${width} pixels wide`, async () => {
    const guest = await Guest.start(...market);
    const page = await openShop({ locale, context: { colorScheme, viewport: { width, height: 900 } } });
    await page.evaluate(() => Object.assign(document.body.style, { background: "Canvas", fontFamily: "system-ui" }));
    const options = { showComplianceSection: true, showTermsOfSaleDisclosure: true, showSavePaymentAgreement: true };
    await mountDropin(page, {
      sessionId: guest.sessionId,
      options: { ...options, storedPaymentMethods: [SAVED_CARD] },
    });
    await openEntry(page, "creditCard");
    await page.frameLocator(".DR-cardcvv iframe").locator("#field").waitFor();
    const name = `${locale}-${colorScheme}-${width}`;
    await keep(page, name);
    assert.deepEqual(page.problems, []); // From here on, the page reports the inline styles of axe-core.
    assert.deepEqual(await faultsOf(page), []);
    await pay(page, "creditCard");
    await page.locator(".DR-cardcvv .DR-error-message:not(:empty)").waitFor();
    await keep(page, `${name}-faults`);
    assert.deepEqual(await faultsOf(page), []);
    const types = await page.evaluate(() => reports[0][1].paymentMethodTypes);
    for (const type of types) {
      await openEntry(page, type);
      assert.deepEqual(await faultsOf(page, ".DR-card-open"), [], type);
      assert.deepEqual(await misnamedFields(page), []);
      await keep(page, `${name}-${type}`);
    }
    const button = page.locator(".DR-applePay .DR-wallet button");
    const ground = await button.evaluate((node) => getComputedStyle(node).backgroundColor);
    assert.equal(ground, colorScheme === "dark" ? "rgb(255, 255, 255)" : "rgb(0, 0, 0)");
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "nothing is cut off");
  });
}

test("touch targets and texts keep their contrast while the button works", async () => {
  const guest = await Guest.start();
  const page = await openShop({ context: { viewport: { width: 390, height: 800 } } });
  await mountDropin(page, { sessionId: guest.sessionId });
  await openEntry(page, "klarnaCredit");
  await Promise.all([page.waitForEvent("popup"), pay(page, "klarnaCredit")]);
  await page.getByRole("dialog").waitFor();
  await keep(page, "dialog-390");
  assert.deepEqual(await faultsOf(page), []);
  const small = await page
    .locator("button:visible, a:visible")
    .evaluateAll((targets) =>
      targets.filter((target) => target.getBoundingClientRect().height < 24).map(({ textContent }) => textContent),
    );
  assert.deepEqual(small, []);
});
