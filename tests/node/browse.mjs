// Plays every set of examples in GraphiQL as a developer does who edits nothing: opens each tab in order, and presses
// play. Each set has a new browser profile, except that the first set is played twice more in the last profile.
// Prints one line of JSON with the answers, and with what else was seen.
// Arguments: Chromium, the gateway's address.
import { chromium } from "playwright-core";

const [executablePath, gateway] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
const { sets } = await (await fetch(`${gateway}/graphiql/sets.json`)).json();
const hosts = new Set();
const problems = [];
const played = [];
let context;
for (const set of sets) {
  await context?.close();
  context = await newProfile();
  played.push({ set: set.name, steps: await play(await open(set), set) });
}
const page = await open(sets[0]);
for (const set of [sets[0], sets[0]]) {
  played.push({ set: set.name, steps: await play(page, set) });
}

const cookies = await context.cookies(gateway);
const visible = await page.evaluate(() => document.cookie);
const tabs = await page
  .locator(".graphiql-tab-button")
  .evaluateAll((buttons) => buttons.map((button) => getComputedStyle(button, "::before").content));
console.log(JSON.stringify({ played, hosts: [...hosts], problems, cookies, visible, tabs }));
await browser.close();

async function newProfile() {
  const profile = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  profile.on("request", (request) => request.url().startsWith("http") && hosts.add(new URL(request.url()).origin));
  profile.on("weberror", (error) => problems.push(String(error.error())));
  profile.on("console", (message) => {
    if (message.type() === "error" && message.page()?.url().startsWith(gateway)) {
      problems.push(`${message.text()} ${message.location().url}`);
    }
  });
  return profile;
}

async function open(set) {
  const opened = await context.newPage();
  await opened.goto(`${gateway}/graphiql?${new URLSearchParams({ set: set.name })}`);
  await opened.waitForSelector(".graphiql-query-editor .CodeMirror");
  return opened;
}

async function play(opened, set) {
  const answers = [];
  for (const [index, { operation, title, before = [] }] of set.steps.entries()) {
    await opened.locator(`#graphiql-session-tab-${index}`).click();
    await opened.locator(".rf-step [aria-current=step]", { hasText: title }).waitFor();
    for (const need of before) {
      await provide(opened, need);
    }
    await opened.evaluate(() => document.querySelector(".result-window .CodeMirror").CodeMirror.setValue(""));
    await opened.locator(".graphiql-execute-button").click();
    answers.push({ operation, title, answer: await shownAnswer(opened), variables: await shownVariables(opened) });
  }
  return answers;
}

// Uses the button of the panel for what must happen before the step. Pages of the provider and the bank open in a new
// tab, which closes by itself.
async function provide(opened, need) {
  const button = opened.locator(".rf-needs button", { hasText: need.title });
  if (need.open || need.authenticate) {
    const [tab] = await Promise.all([opened.waitForEvent("popup"), button.click()]);
    await tab.waitForURL(/\/payments\//);
    const closed = tab.waitForEvent("close");
    await (need.open ? approve(tab) : confirm(tab));
    await closed;
  } else {
    await button.click();
  }
  await opened.locator(".rf-needs button", { hasText: `✓ ${need.title}` }).waitFor();
}

async function approve(tab) {
  await tab.locator('button[value="approve"]').first().click();
}

async function confirm(tab) {
  await tab.locator("input[name=password]").fill("password");
  await tab.locator("input[name=password]").press("Enter");
}

async function shownAnswer(opened) {
  const text = await opened.waitForFunction(() => {
    const shown = document.querySelector(".result-window .CodeMirror").CodeMirror.getValue();
    return /"(data|errors)"/.test(shown) && shown;
  });
  return JSON.parse(await text.jsonValue());
}

function shownVariables(opened) {
  return opened.evaluate(() => {
    const editor = document.querySelector(".graphiql-editor-tool .CodeMirror").CodeMirror;
    return JSON.parse(editor.getValue() || "{}");
  });
}
