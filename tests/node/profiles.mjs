// Keeps one Chromium open and plays scenarios in its profiles, one for each line of the input. Prints a line for each.
// A line is JSON: the profile's number and, for a new profile, its `options`; or the `file` of the scenario, the `name`
// of its function and its `values`; or `close`. The argument is the path of Chromium.
import { createInterface } from "node:readline";
import { chromium } from "playwright-core";

const browser = await chromium.launch({ executablePath: process.argv[2], args: ["--no-sandbox"] });
const profiles = new Map();

async function opened(options) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  context.setDefaultTimeout(20_000);
  const problems = [];
  const origins = new Set();
  context.on("request", (request) => request.url().startsWith("http") && origins.add(new URL(request.url()).origin));
  context.on("weberror", (error) => problems.push(String(error.error())));
  context.on("console", (message) => message.type() === "error" && problems.push(message.text()));
  return { context, page: await context.newPage(), seen: () => ({ problems, origins: [...origins] }) };
}

async function played({ profile, options, file, name, values, close }) {
  if (options) {
    profiles.set(profile, await opened(options));
    return null;
  }
  const { context, page, seen } = profiles.get(profile);
  if (close) {
    await context.close();
    profiles.delete(profile);
    return seen();
  }
  const scenarios = await import(new URL(file, import.meta.url));
  return (await scenarios[name]({ context, page, browser, ...values })) ?? null;
}

/** What each page shows, with its frames, and what its console has reported. */
async function shown({ profile }) {
  const { context, seen } = profiles.get(profile) ?? {};
  const frames = (context?.pages() ?? []).flatMap((page) => page.frames());
  const texts = frames.map(async (frame) => `${frame.url()}\n${await frame.locator("body").ariaSnapshot({ timeout: 2_000 })}`);
  const parts = await Promise.allSettled(texts);
  return [...parts.map(({ value, reason }) => (value ?? String(reason)).slice(0, 4_000)), ...(seen?.().problems ?? [])].join("\n\n");
}

for await (const line of createInterface({ input: process.stdin })) {
  const deed = JSON.parse(line);
  const answer = await played(deed).then(
    (result) => ({ result }),
    async (error) => ({ error: `${error.stack}\n\nThe page shows:\n${await shown(deed)}` }),
  );
  console.log(JSON.stringify(answer));
}
await browser.close();
