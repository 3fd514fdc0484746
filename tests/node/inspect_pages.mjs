// Opens pages in a real browser, on a desk and on a phone, in light and in dark mode. Prints one line of JSON for each
// page and mode: errors of the console, blocked content, failed images, how far the page is too wide, and violations of
// accessibility rules. Arguments: Chromium, a folder for the screenshots, and the pages as JSON: their addresses by name.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { chromium } from "playwright-core";

const [executablePath, folder, pages] = process.argv.slice(2);
const rules = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });

const SIZES = { desk: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } };

for (const [size, viewport] of Object.entries(SIZES)) {
  for (const colorScheme of ["light", "dark"]) {
    const context = await browser.newContext({ viewport, colorScheme, isMobile: size === "phone" });
    for (const [name, url] of Object.entries(JSON.parse(pages))) {
      const mode = `${size}-${colorScheme}`;
      console.log(JSON.stringify({ name, mode, ...(await inspect(context, url, join(folder, `${name}-${mode}.png`))) }));
    }
    await context.close();
  }
}
await browser.close();

async function inspect(context, url, screenshot) {
  const page = await context.newPage();
  const problems = [];
  page.on("pageerror", (error) => problems.push(String(error)));
  page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
  page.on("response", (answer) => answer.url() !== url && answer.status() >= 400 && problems.push(answer.url()));
  const answer = await page.goto(url, { waitUntil: "networkidle" });
  const policy = answer.headers()["content-security-policy"] ?? "";
  const seen = await page.evaluate(() => ({
    language: document.documentElement.lang,
    title: document.title,
    tooWide: document.documentElement.scrollWidth - innerWidth,
    brokenImages: [...document.images].filter((image) => !image.naturalWidth).map(({ src }) => src),
  }));
  await page.screenshot({ path: screenshot, fullPage: true });
  const violations = await violationsOf(page);
  await page.close();
  // A page that was not found is an error of the console as well.
  const unexpected = problems.filter((problem) => answer.ok() || !problem.includes("Failed to load resource"));
  return { ...seen, policy, problems: unexpected, violations };
}

// The policy of a page permits no scripts of the test, so the rules run in a world of their own.
async function violationsOf(page) {
  const session = await page.context().newCDPSession(page);
  const { frameTree } = await session.send("Page.getFrameTree");
  const { executionContextId } = await session.send("Page.createIsolatedWorld", { frameId: frameTree.frame.id });
  const run = (expression) =>
    session.send("Runtime.evaluate", { expression, contextId: executionContextId, awaitPromise: true, returnByValue: true });
  await run(rules);
  const { result } = await run(`axe.run().then(({ violations }) => violations.map(({ id, nodes }) =>
    id + ": " + nodes.map(({ target }) => target.join(" ")).join(", ")))`);
  return result.value;
}
