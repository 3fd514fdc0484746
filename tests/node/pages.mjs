// A page of another origin than the gateway, in a real browser over plain http. Prints one line of JSON: what the page
// could do. Arguments: Chromium, the address of the page, the gateway's address as the page writes it.
import { createServer } from "node:http";
import { chromium } from "playwright-core";

const [executablePath, address, gateway] = process.argv.slice(2);
const browser = await chromium.launch({
  executablePath,
  args: ["--no-sandbox", "--host-resolver-rules=MAP shop.test 127.0.0.1"],
});
const server = createServer((_, answer) => answer.setHeader("Content-Type", "text/html").end("<title>shop</title>"));
await new Promise((listening) => server.listen(Number(new URL(address).port), "127.0.0.1", listening));
const context = await browser.newContext();
const page = await context.newPage();
await page.goto(`${address}/`);

const seen = await page.evaluate(async (graph) => {
  const headers = { "Content-Type": "application/json", "X-Riverfront-Client": "page", "sentry-trace": "0-0-1" };
  async function ask(query, options = {}) {
    const request = { method: "POST", credentials: "include", headers, body: JSON.stringify({ query }), ...options };
    try {
      return await (await fetch(options.url ?? graph, request)).json();
    } catch (error) {
      return { blocked: error.message };
    }
  }
  const publicQuery = encodeURIComponent("{ products(first: 1) { nodes { name } } }");
  const privateQuery = encodeURIComponent("{ cart { id } }");
  const byGet = { method: "GET", body: undefined };
  return {
    read: await ask("", { ...byGet, url: `${graph}?query=${publicQuery}` }),
    readAgain: await ask("", { ...byGet, url: `${graph}?query=${publicQuery}`, credentials: "omit" }),
    privateByGet: await ask("", { ...byGet, url: `${graph}?query=${privateQuery}` }),
    unknownHeader: await ask("{ session { id } }", { headers: { ...headers, "x-not-listed": "1" } }),
    started: await ask("mutation { startSession(input: {}) { session { id } warnings { code } } }"),
    session: await ask("{ session { id } }"),
  };
}, `${gateway}/graphql`);
console.log(JSON.stringify({ ...seen, cookies: (await context.cookies(gateway)).map((cookie) => cookie.name) }));
await browser.close();
server.close();
