// Plays the page of the tutorial in a real browser. Prints what it shows after each purchase, as JSON.
// Arguments: Chromium, then the URL of the page.
import { chromium } from "playwright-core";

const [executablePath, url] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
const page = await (await browser.newContext()).newPage();
const problems = [];
page.on("pageerror", (error) => problems.push(String(error)));

async function buys(payment) {
  await page.getByLabel("Pay with").selectOption(payment);
  await page.getByRole("button").first().click();
}

/** What the page says in the end. It says the total before that. */
async function said() {
  const status = page.getByRole("status").filter({ hasText: /\S/, hasNotText: "Paying" });
  return (await status.innerText()).trim();
}

await page.goto(url);
await buys("creditCard");
const placed = await said();
await page.goto(url);
await buys("creditCard-declined");
const declined = await said();
await page.goto(url);
await buys("afterPay");
await page.getByRole("button", { name: "Approve", exact: true }).click();
const approved = await said();
console.log(JSON.stringify({ placed, declined, approved, problems }));
await browser.close();
