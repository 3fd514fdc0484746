// Uses the buttons of the sandbox's page and of the provider's page in a real browser. Prints one line of JSON with what
// was seen. Arguments: Chromium, and the sandbox's address.
import { chromium } from "playwright-core";

const [executablePath, sandbox] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
const context = await browser.newContext({ viewport: { width: 390, height: 844 } });
await context.grantPermissions(["clipboard-read", "clipboard-write"], { origin: sandbox });
const page = await context.newPage();
const problems = [];
context.on("page", watch);
watch(page);

function watch(opened) {
  opened.on("pageerror", (error) => problems.push(String(error)));
  opened.on("console", (message) => message.type() === "error" && problems.push(message.text()));
}

await page.goto(`${sandbox}/_sandbox/`);
const part = (id) => page.locator(`#${id}`);

// Clicks a button of a part of the page, and returns what the page then reports.
async function click(id, name) {
  const answered = page.waitForResponse((answer) => answer.request().method() !== "GET");
  await part(id).getByRole("button", { name, exact: true }).click();
  await answered;
  await part(id).locator("output").first().waitFor();
  return part(id).locator("output").first().innerText();
}

await part("cards").getByRole("button", { name: "Copy the number 4444 2222 3333 1111" }).click();
await part("cards").getByText("Copied").waitFor();
const copied = await page.evaluate(() => navigator.clipboard.readText());

await part("scenarios").getByLabel("Scenario").selectOption("payPal");
const made = await click("scenarios", "Make a source");
const [provider] = await Promise.all([
  context.waitForEvent("page"),
  part("scenarios").getByRole("link", { name: "Open the page of the approval" }).click(),
]);
const asked = await provider.getByRole("heading").innerText();
await provider.getByRole("button", { name: "Approve", exact: true }).click();
await provider.waitForURL("**/_sandbox/returned*");
const returned = await provider.getByRole("heading").innerText();
await provider.close();

const moved = await click("clock", "+ 1 day");
await part("faults").getByRole("button", { name: "All calls fail" }).click();
await part("faults").getByText('"status":503').waitFor();
const fault = await part("faults").locator("[data-live=faults]").innerText();
const cleared = await click("faults", "Clear all");
await part("products").getByLabel("Units").fill("3");
const stocked = await click("products", "Set stock");
const credited = await click("credit", "Set credit");
const added = await click("orders", "Add orders");
await part("orders").locator("tbody tr").nth(2).waitFor();
await part("scenarios").getByLabel("Scenario").selectOption("konbini");
const refused = await click("scenarios", "Make a source");

await page.goto(`${sandbox}/_sandbox/#switches`);
await part("switches").getByLabel("terms").selectOption("required");
await part("switches").getByText("Done.").waitFor();

console.log(
  JSON.stringify({ copied, made, asked, returned, moved, fault, cleared, stocked, credited, added, refused, problems }),
);
await browser.close();
