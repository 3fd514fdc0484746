// A guest adds the first products in two tabs at once, twice in each, and three after signing out in one of them. Prints
// the units in the cart, both times.
// Arguments: Chromium, URL of a page of the client package, URL of the gateway, delivery of the session.
import { chromium } from "playwright-core";

const [executablePath, url, gateway, delivery] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
const context = await browser.newContext();
const tabs = [await context.newPage(), await context.newPage()];
await Promise.all(tabs.map((tab) => tab.goto(url)));
const argument = [`${gateway}/graphql`, delivery];
await Promise.all(
  tabs.map((tab) =>
    tab.evaluate(async ([address, by]) => (await import("/first-product.js")).addAtOnce(address, by, 2), argument),
  ),
);
const [tab] = tabs;
const quantity = () => tab.evaluate(async ([address, by]) => (await import("/first-product.js")).quantity(address, by), argument);
const first = await quantity();
await tab.evaluate(async ([address, by]) => (await import("/first-product.js")).addAtOnceAfterSignOut(address, by, 3), argument);
console.log(JSON.stringify([first, await quantity()]));
await browser.close();
