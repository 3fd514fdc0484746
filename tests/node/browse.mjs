// A guest buys in GraphiQL, in a real browser over plain http. Prints one line of JSON with what was seen.
// Arguments: Chromium, the gateway's address, the sandbox's address, a file for the screenshot.
import { chromium } from "playwright-core";

const [executablePath, gateway, sandbox, screenshot] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
const context = await browser.newContext({ viewport: { width: 1400, height: 900 } });
const page = await context.newPage();
const hosts = new Set();
const problems = [];
page.on("request", (request) => hosts.add(new URL(request.url()).host));
page.on("pageerror", (error) => problems.push(String(error)));
page.on("console", (message) => message.type() === "error" && problems.push(message.text()));

await page.goto(`${gateway}/graphiql`);
await page.waitForSelector(".graphiql-query-editor .CodeMirror");
const tabs = await page.locator(".graphiql-tab-button").allInnerTexts();

// Runs the tab of an operation as a person does: choose it, fill its variables in, press play.
async function run(name, variables) {
  await page.locator(`.graphiql-tab-button[title=${name}]`).click();
  // The editor shows the tab before the page knows which operation play is for.
  await page.waitForFunction(
    (chosen) => localStorage.getItem("graphiql:operationName of A guest buys") === chosen,
    name,
  );
  if (variables) {
    await page.evaluate((given) => {
      const editor = document.querySelector(".graphiql-editor-tool .CodeMirror").CodeMirror;
      editor.setValue(JSON.stringify({ ...JSON.parse(editor.getValue() || "{}"), ...given }, null, 2));
    }, variables);
  }
  const answered = page.waitForResponse((answer) => answer.url().endsWith("/graphql") && asks(answer, name));
  await page.locator(".graphiql-execute-button").click();
  const answer = await (await answered).json();
  await page.waitForFunction(
    () => document.querySelector(".result-window .CodeMirror").CodeMirror.getValue().includes('"data"'),
  );
  return answer;
}

function asks(answer, name) {
  return JSON.parse(answer.request().postData() ?? "{}").operationName === name;
}

async function createCard(session, key) {
  const body = {
    type: "creditCard",
    sessionId: session,
    owner: { firstName: "Ada", lastName: "Lovelace", email: "ada@example.com", address: { country: "US" } },
    creditCard: { number: "4444222233331111", expirationMonth: 10, expirationYear: 2035, cvv: "123" },
  };
  const headers = { Authorization: `Bearer ${key}`, "Content-Type": "application/json" };
  const answer = await fetch(`${sandbox}/payments/sources`, { method: "POST", headers, body: JSON.stringify(body) });
  return (await answer.json()).id;
}

const looked = await run("LookAround");
await run("GuestFirstLine");
const details = await run("GuestDetails");
const session = details.data.prepareCheckout.cart.paymentSession.sessionId;
const sourceId = await createCard(session, looked.data.storefront.publishableKey);
const attached = await run("GuestSource", { sourceId });
const { amount, cartRevision } = attached.data.attachSource.paymentSession.nextAction;
const total = { amount: amount.amount, currencyCode: amount.currencyCode };
const ordered = await run("GuestOrder", { total, revision: cartRevision });
const found = await run("SubmissionOutcome");
await page.screenshot({ path: screenshot });

await page.locator(".graphiql-logo select").selectOption("Recurring purchases");
await page.locator(".graphiql-tab-button[title=MyContracts]").waitFor();

const cookies = await context.cookies(gateway);
const visible = await page.evaluate(() => document.cookie);
console.log(JSON.stringify({ tabs, hosts: [...hosts], problems, ordered, found, cookies, visible }));
await browser.close();
