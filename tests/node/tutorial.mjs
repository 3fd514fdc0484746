// Plays the page of the tutorial in a real browser. Prints what it shows after each step, as JSON.
// Arguments: Chromium, then the URL of the page.
import { chromium } from "playwright-core";

const [executablePath, url] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
const context = await browser.newContext();
const problems = [];
context.on("weberror", (error) => problems.push(String(error.error())));
const shown = {};

async function open() {
  const page = await context.newPage();
  await page.goto(url);
  return page;
}

async function adds(page) {
  await page.getByRole("listitem").getByRole("button").first().click();
  await isIdle(page);
}

async function pays(page, method) {
  await page.getByLabel("Pay with").selectOption({ label: method });
  await page.getByRole("button", { name: "Pay", exact: true }).click();
}

/** What the page says in the end. */
async function said(page) {
  const status = page.getByRole("status").filter({ hasText: /\S/, hasNotText: "Paying" });
  const text = (await status.innerText()).trim();
  await isIdle(page);
  return text;
}

function isIdle(page) {
  return page.locator("#app:not([inert])").waitFor();
}

async function decides(page, decision) {
  await page.getByRole("button", { name: decision, exact: true }).click();
}

const page = await open();
await adds(page);
await pays(page, "A card that is declined");
shown.declined = await said(page);
await pays(page, "Credit card");
shown.placed = await said(page);

await adds(page);
await pays(page, "PayPal");
await decides(page, "Cancel");
shown.notApproved = await said(page);
await pays(page, "PayPal");
await decides(page, "Approve");
shown.approvedBefore = await said(page);

await adds(page);
await pays(page, "Afterpay");
await decides(page, "Cancel");
shown.undecided = await said(page);
await page.getByRole("button", { name: "Continue" }).click();
await decides(page, "Approve");
shown.approvedAfter = await said(page);

await adds(page);
await pays(page, "Afterpay");
await decides(page, "Cancel");
await said(page);
await page.getByRole("button", { name: "Pay another way" }).click();
shown.givenUp = await said(page);
await pays(page, "Credit card");
shown.otherwise = await said(page);

await adds(page);
const other = await open();
await adds(other);
await page.getByRole("button", { name: "Pay", exact: true }).waitFor();
await pays(page, "Credit card");
shown.changed = await said(page);
shown.newTotal = await page.locator("strong").innerText();

await page.getByRole("button", { name: "Sign in" }).click();
shown.signedIn = await said(page);
await pays(page, "Credit card");
shown.ofTheAccount = await said(page);

console.log(JSON.stringify({ ...shown, problems }));
await browser.close();
