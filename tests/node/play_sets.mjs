// Plays every set of examples in GraphiQL as a developer does who edits nothing: opens each tab in order, and presses
// play. Each set has a new browser profile. Prints one line of JSON with the answers and all problems of the pages.
// Arguments: Chromium, the gateway's address.
import { chromium } from "playwright-core";

const [executablePath, gateway] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
const { sets } = await (await fetch(`${gateway}/graphiql/sets.json`)).json();
const hosts = new Set();
const problems = [];
const played = {};
for (const set of sets) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  context.on("request", (request) => request.url().startsWith("http") && hosts.add(new URL(request.url()).host));
  context.on("weberror", (error) => problems.push(`${set.name}: ${error.error()}`));
  context.on("console", (message) => message.type() === "error" && problems.push(`${set.name}: ${message.text()}`));
  const page = await context.newPage();
  await page.goto(`${gateway}/graphiql?${new URLSearchParams({ set: set.name })}`);
  await page.waitForSelector(".graphiql-query-editor .CodeMirror");
  played[set.name] = await play(page, set);
  await context.close();
}
console.log(JSON.stringify({ played, hosts: [...hosts], problems }));
await browser.close();

async function play(page, set) {
  const answers = [];
  for (const [index, step] of set.steps.entries()) {
    await page.locator(`#graphiql-session-tab-${index}`).click();
    await page.locator(".rf-step [aria-current=step]", { hasText: step.title }).waitFor();
    await approve(page, step);
    await page.locator(".graphiql-execute-button").click();
    const answer = await answerShown(page);
    const shown = await editorOf(page, ".graphiql-editor-tool");
    answers.push({ operation: step.operation, title: step.title, answer, variables: JSON.parse(shown || "{}") });
  }
  return answers;
}

// The shopper approves on the page of the provider or the bank, which opens in a new tab and returns by itself.
async function approve(page, step) {
  for (const need of step.before ?? []) {
    const button = page.locator(".rf-needs button", { hasText: need.title });
    if (!need.open && !need.authenticate) {
      await button.click();
    } else {
      const [opened] = await Promise.all([page.waitForEvent("popup"), button.click()]);
      await opened.waitForURL(/payments/);
      if (need.authenticate) {
        await opened.locator("input[name=password]").fill("password");
        await opened.getByRole("button", { name: "Confirm" }).click();
      } else {
        await opened.getByRole("button", { name: "Approve", exact: true }).click();
      }
      await opened.isClosed() || (await opened.waitForEvent("close"));
    }
    await page.locator(".rf-needs button", { hasText: `✓ ${need.title}` }).waitFor();
  }
}

async function answerShown(page) {
  const text = await page.waitForFunction(() => {
    const shown = document.querySelector(".result-window .CodeMirror").CodeMirror.getValue();
    return /"(data|errors)"/.test(shown) && shown;
  });
  return JSON.parse(await text.jsonValue());
}

function editorOf(page, selector) {
  return page.evaluate((found) => document.querySelector(`${found} .CodeMirror`).CodeMirror.getValue(), selector);
}
