// Guests buy in pages of another origin than the gateway's, in a real browser. Prints one line of JSON for each page.
// Arguments: Chromium, what the guest does, then the URLs of the pages.
import { chromium } from "playwright-core";

const GUESTS = { buys, approves, reloads };

const [executablePath, guest, ...urls] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
for (const url of urls) {
  const context = await browser.newContext();
  const page = await context.newPage();
  const problems = [];
  page.on("pageerror", (error) => problems.push(String(error)));
  page.on("console", (message) => {
    // The page of the payment provider is not the shop's.
    const isOfShop = new URL(page.url()).origin === new URL(url).origin;
    if (isOfShop && ["error", "warning"].includes(message.type())) problems.push(message.text());
  });
  await page.goto(url);
  await GUESTS[guest](page, url);
  const outcome = page.locator("#outcome[data-kind]");
  await outcome.waitFor();
  const kind = await outcome.getAttribute("data-kind");
  const cookies = (await context.cookies()).map(({ name }) => name);
  console.log(JSON.stringify({ kind, message: await outcome.innerText(), cookies, problems }));
  await context.close();
}
await browser.close();

async function buys(page) {
  await page.locator("#buy:enabled").click();
}

/** Approves the payment on the provider's page, and is sent back. */
async function approves(page) {
  await buys(page);
  await page.getByRole("button", { name: "Approve", exact: true }).click();
}

/** Reloads the page while Digital River receives the order, before the answer arrives. */
async function reloads(page, url) {
  await buys(page);
  const sandbox = new URL(url).searchParams.get("sandbox");
  while (!(await (await fetch(`${sandbox}/_sandbox/calls`)).text()).includes("submit-cart"));
  await page.reload();
}
