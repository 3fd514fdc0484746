// A developer edits a variable in GraphiQL, reloads the page, plays a step too early, starts over, uses a test card of
// the panel, opens a closed tab again, updates to other examples, and changes the colours.
// Prints one line of JSON with what was seen. Arguments: Chromium, the gateway's address.
import { chromium } from "playwright-core";

const [executablePath, gateway] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, colorScheme: "light" });
const page = await context.newPage();
const problems = [];
page.on("pageerror", (error) => problems.push(String(error)));
page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
await page.goto(`${gateway}/graphiql`);

const { products } = (await play(0)).data;
const typed = products.nodes[1].id;
await choose(1);
await page.evaluate((productId) => {
  const editor = document.querySelector(".graphiql-editor-tool .CodeMirror").CodeMirror;
  editor.setValue(JSON.stringify({ ...JSON.parse(editor.getValue()), productId }));
  document.querySelector("#graphiql-session-tab-1").click(); // Before GraphiQL has put it into the tab.
}, typed);
const { data, extensions: shownExtensions = null } = await play(1);
const { addCartLines } = data;
const line = addCartLines.cart.lines[0].product.id;
const edited = await variables();
const calls = await page.locator(".rf-calls tbody tr").allInnerTexts();

// GraphiQL stores its tabs half a second after a change. The page is reloaded before that.
await page.evaluate(() => {
  const editor = document.querySelector(".graphiql-query-editor .CodeMirror").CodeMirror;
  editor.setValue(`# typed at the last moment\n${editor.getValue()}`);
});
await page.reload();
const reloaded = await state();
const reloadedVariables = await variables();
const reloadedQuery = await page.evaluate(() =>
  document.querySelector(".graphiql-query-editor .CodeMirror").CodeMirror.getValue(),
);

const tooEarly = (await play(4)).errors[0].message;
await page.getByRole("button", { name: "Go to step 3" }).click();
const afterAdvice = await state();

await Promise.all([page.waitForEvent("load"), page.getByRole("button", { name: "Start over" }).click()]);
const startedOver = await state();
await choose(1);
const untouched = await variables();
const cookies = await context.cookies(gateway);

await play(0);
await play(1);
await play(2);
await page.getByRole("link", { name: "Test cards" }).click();
await page.getByRole("button", { name: "Use creditCard-charge-fails" }).click();
await page.locator(".rf-data .rf-good", { hasText: "Step 4" }).waitFor();
await play(3);
const declined = (await play(4)).data.submitOrder.result.__typename;

await page.locator(".graphiql-tab-active .graphiql-tab-close").click();
await page.locator("#graphiql-session-tab-7").waitFor({ state: "detached" });
await page.waitForFunction(
  () => JSON.parse(localStorage.getItem("riverfront:a-guest-buys:graphiql:tabState")).tabs.length === 7,
);
await Promise.all([
  page.waitForEvent("load"),
  page.locator(".rf-step > button", { hasText: "Place the order" }).click(),
]);
const reopened = await state();

await page.locator(".graphiql-tab-add").click();
await page.waitForFunction(
  () => JSON.parse(localStorage.getItem("riverfront:a-guest-buys:graphiql:tabState")).tabs.length === 9,
);
await page.evaluate(() => localStorage.setItem("riverfront:a-guest-buys:steps", '"those of an earlier version"'));
await page.reload();
const updated = await state();

const light = await background();
await page.getByRole("button", { name: "Dark" }).click();
const dark = await background();

const seen = {
  typed,
  calls,
  extensions: shownExtensions,
  line,
  edited,
  reloaded,
  reloadedVariables,
  reloadedQuery,
  tooEarly,
  afterAdvice,
  startedOver,
  untouched,
  declined,
  reopened,
  updated,
};
console.log(JSON.stringify({ ...seen, cookies, light, dark, problems }));
await browser.close();

async function choose(index) {
  await page.locator(`#graphiql-session-tab-${index}`).click();
  await page.locator(`.rf-step:nth-child(${index + 1}) [aria-current=step]`).waitFor();
}

async function play(index) {
  await choose(index);
  await page.locator(".graphiql-execute-button").click();
  const text = await page.waitForFunction(() => {
    const shown = document.querySelector(".result-window .CodeMirror").CodeMirror.getValue();
    return /"(data|errors)"/.test(shown) && shown;
  });
  return JSON.parse(await text.jsonValue());
}

function variables() {
  return page.evaluate(() =>
    JSON.parse(document.querySelector(".graphiql-editor-tool .CodeMirror").CodeMirror.getValue()),
  );
}

function background() {
  return page.evaluate(() => getComputedStyle(document.querySelector(".rf-panel")).backgroundColor);
}

// The names on the tabs, the step of the active tab, and the steps that are done.
async function state() {
  await page.locator(".rf-step [aria-current=step]").waitFor();
  return page.evaluate(() => {
    const named = (element) => getComputedStyle(element, "::before").content.match(/^"(.*)"$/)?.[1];
    const tabs = [...document.querySelectorAll(".graphiql-tab-button")].map((tab) => named(tab) || tab.title);
    const steps = [...document.querySelectorAll(".rf-step")];
    return {
      tabs,
      active: tabs[steps.findIndex((step) => step.querySelector("[aria-current=step]"))],
      done: tabs.filter((_name, index) => steps[index]?.classList.contains("rf-done")),
    };
  });
}
