// The data of a card never reaches the page of the storefront: neither its content, nor its storage, nor the messages
// that it receives, nor the requests that it sends.
import assert from "node:assert/strict";
import { test } from "node:test";
import { field, Guest, mountElements, openShop, OWNER, sandbox, typeCard, VISA } from "./storefront.mjs";
import { typeIn } from "../typing.mjs";

const CVV = "737";

test("page, storage, messages and requests contain no card data", async () => {
  const guest = await Guest.start();
  const page = await openShop({ prepare: recordMessages });
  const requests = { page: [], frames: [] };
  page.on("request", (request) => {
    const written = [request.url(), request.postData() ?? "", JSON.stringify(request.headers())].join(" ");
    requests[request.frame() === page.mainFrame() ? "page" : "frames"].push(written);
  });
  await mountElements(page, ["cardnumber", "cardexpiration", "cardcvv"]);
  await typeCard(page, { ...VISA, cvv: CVV });
  await field(page, "cardcvv").blur();
  const data = { type: "creditCard", sessionId: guest.sessionId, owner: OWNER };
  const { source } = await page.evaluate((sent) => digitalRiver.createSource(elements.cardnumber, sent), data);
  await page.evaluate(({ id, clientSecret }) => digitalRiver.retrieveSource(id, clientSecret), source);

  const pageContent = await page.evaluate(contentOfPage);
  assert.ok(pageContent.some((part) => part.includes("cardnumber")), "the page is read");
  assert.ok(pageContent.some((part) => part.includes(source.id)), "messages are read");
  assert.ok(requests.page.some((written) => written.includes(source.id)), "requests are read");
  for (const part of [...pageContent, ...requests.page, ...page.problems]) {
    assert.ok(!part.replace(/[ -]/g, "").includes(VISA.number), part);
    assert.doesNotMatch(part, /"cvv"|"number":|10\/35/);
  }

  const carriers = requests.frames.filter((written) => written.includes(VISA.number));
  assert.equal(carriers.length, 1);
  assert.ok(carriers[0].startsWith(`${sandbox}/payments/sources `));
  for (const frame of page.frames().filter((other) => other !== page.mainFrame())) {
    assert.equal(new URL(frame.url()).origin, sandbox);
    assert.ok(!frame.url().includes(VISA.number));
    assert.equal(await frame.evaluate(storedInFrame), 0);
  }
});

test("page cannot lead card data to another host", async () => {
  const page = await openShop();
  await mountElements(page, ["cardcvv", "cardexpiration"]);
  await typeIn(field(page, "cardcvv"), CVV);
  await typeIn(field(page, "cardexpiration"), VISA.expiration);
  const hosts = new Set();
  page.on("request", (request) => hosts.add(new URL(request.url()).host));
  const data = { path: "@another.example/payments/", body: {} };
  for (const [type, kind] of [["cardcvv", "authenticate"], ["cardexpiration", "update-source"]]) {
    const { error } = await page.evaluate((asked) => elements[asked.type].ask(asked.kind, asked.data), { type, kind, data });
    assert.equal(error.errors[0].code, "invalid_parameter");
  }
  assert.deepEqual([...hosts].filter((host) => host !== new URL(sandbox).host), []);
  assert.deepEqual(page.problems, []);
});

test("frame hears only the page around it", async () => {
  const page = await openShop();
  await mountElements(page, ["cardnumber"]);
  await typeIn(field(page, "cardnumber"), VISA.number);
  await page.evaluate(() => {
    window.cardWindow = document.querySelector("#cardnumber iframe").contentWindow;
    document.body.append(Object.assign(document.createElement("iframe"), { name: "other" }));
  });
  // Another frame of the storefront's origin sends what the storefront may send.
  await page.frame("other").evaluate(() => {
    window.heard = [];
    window.addEventListener("message", ({ data }) => heard.push(data));
    parent.cardWindow.postMessage({ digitalRiver: "clear", data: { call: 1 } }, "*");
  });
  // Messages arrive in their order.
  await page.evaluate(() => elements.cardnumber.update({ placeholderText: "later" }));
  await page.frameLocator("#cardnumber iframe").locator('[placeholder="later"]').waitFor();
  assert.equal(await field(page, "cardnumber").inputValue(), "4444 2222 3333 1111");
  assert.deepEqual(await page.frame("other").evaluate(() => heard), []);
});

/** How many entries a frame has stored. A browser may deny it any storage. */
function storedInFrame() {
  try {
    return localStorage.length + sessionStorage.length;
  } catch {
    return 0;
  }
}

function recordMessages() {
  window.received = [];
  window.addEventListener("message", ({ data }) => received.push(JSON.stringify(data)));
}

/** All that a script of the storefront could read, as strings. */
async function contentOfPage() {
  const databases = await indexedDB.databases();
  const globals = Object.getOwnPropertyNames(window)
    .filter((name) => ["string", "number"].includes(typeof window[name]))
    .map((name) => `${name}=${window[name]}`);
  return [
    document.documentElement.outerHTML,
    ...[...document.querySelectorAll("input")].map(({ value }) => value),
    JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, history.state, databases]),
    JSON.stringify(performance.getEntries().map(({ name }) => name)),
    JSON.stringify(events),
    location.href,
    ...globals,
    ...received,
  ];
}
