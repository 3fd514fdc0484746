// What the tests of Drop-in share: a storefront that mounts it, and the parts of an entry.
import { OWNER, VISA } from "./storefront.mjs";
import { typeIn } from "../typing.mjs";

/** Mount Drop-in, and record what it reports in `reports` of the page, as `[callback, data]`. */
export function mountDropin(page, configuration = {}) {
  return page.evaluate(
    async (given) => {
      window.reports = [];
      const callbacks = ["onSuccess", "onError", "onCancel", "onReady"].map((name) => [
        name,
        (data) => reports.push([name, data]),
      ]);
      window.dropin = digitalRiver.createDropin({ ...given, ...Object.fromEntries(callbacks) });
      await dropin.mount("main");
    },
    { billingAddress: OWNER, ...configuration, options: { showComplianceSection: false, ...configuration.options } },
  );
}

export function entry(page, type) {
  return page.locator(`.DR-card.DR-${type}.DR-unstored`);
}

/** Open an entry, unless it is open. */
export async function openEntry(page, type) {
  const toggle = entry(page, type).locator(".DR-card-toggle");
  if ((await toggle.getAttribute("aria-expanded")) === "false") await toggle.click();
}

export function pay(page, type) {
  return entry(page, type).locator(".DR-pay-button").click();
}

/** The field of an element inside its frame. */
export function dropinField(page, type) {
  return page.frameLocator(`.DR-${type} iframe`).locator("#field");
}

export async function typeDropinCard(page, { number, expiration, cvv } = VISA) {
  await typeIn(dropinField(page, "cardnumber"), number);
  await typeIn(dropinField(page, "cardexpiration"), expiration);
  await typeIn(dropinField(page, "cardcvv"), cvv);
}

/** The data of the next report with this name. */
export async function nextReport(page, name, job) {
  const before = await page.evaluate(() => reports.length);
  await job();
  await page.waitForFunction((count) => reports.length > count, before);
  const [seen, data] = await page.evaluate((count) => reports[count], before);
  if (seen !== name) throw new Error(`${seen} instead of ${name}: ${JSON.stringify(data)}`);
  return data;
}

export function problemOf(page, type) {
  return entry(page, type).locator(".DR-collapse > .DR-error-message").textContent();
}

/** Pay, and click this button on the provider's page in its window. `option`: how to pay at PayPal */
export async function decideInWindow(page, type, decision, option) {
  const [provider] = await Promise.all([page.waitForEvent("popup"), pay(page, type)]);
  await provider.waitForURL(/\/payments\/redirects\//);
  if (option) await provider.getByLabel("How to pay").selectOption(option);
  await provider.locator(`button[value=${decision}]`).click();
}
