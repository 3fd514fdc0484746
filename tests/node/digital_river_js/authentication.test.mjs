// The bank's challenge in the page of a storefront: at a new card, and when a saved card pays.
import assert from "node:assert/strict";
import { test } from "node:test";
import { field, Guest, mountElements, openShop, OWNER, typeCard, VISA } from "./storefront.mjs";

const CHALLENGED = { ...VISA, number: "5454545454545454" };

const CARD = ["cardnumber", "cardexpiration", "cardcvv"];

function bank(page) {
  return page.frameLocator("dialog iframe");
}

async function answer(page, password) {
  await bank(page).getByLabel("Password").fill(password);
  await bank(page).getByRole("button", { name: "Confirm" }).click();
}

/** Start a call of the page, do something while it runs, and return its result. */
async function during(page, call, argument, act) {
  const [result] = await Promise.all([page.evaluate(call, argument), act()]);
  return result;
}

async function pageWithCard(card = CHALLENGED) {
  const guest = await Guest.start();
  const page = await openShop();
  await mountElements(page, CARD);
  await typeCard(page, card);
  const data = { type: "creditCard", sessionId: guest.sessionId, owner: OWNER };
  const create = (act) => during(page, (sent) => digitalRiver.createSource(elements.cardnumber, sent), data, act);
  return { guest, page, create };
}

test("passed challenge makes a source that pays", async () => {
  const { guest, page, create } = await pageWithCard();
  const { source, error } = await create(() => answer(page, "password"));
  assert.deepEqual([source.state, error], ["chargeable", null]);
  await guest.attach(source.id);
  assert.equal((await guest.submit()).paymentSession.status, "complete");
  assert.equal(await page.locator("dialog").count(), 0);
  assert.deepEqual(page.problems, []);
});

test("failed challenge is an error", async () => {
  const { page, create } = await pageWithCard();
  const { source, error } = await create(() => answer(page, "wrong"));
  assert.equal(source, null);
  assert.equal(error.errors[0].code, "3ds2_error");
  assert.ok(error.failedSourceId);
});

const ABANDONMENTS = {
  "closed with the button": (page) => page.locator("dialog").getByRole("button", { name: "Cancel" }).click(),
  "closed with Escape": (page) => page.locator("dialog header button").press("Escape"),
  "cancelled at the bank": (page) => bank(page).getByRole("button", { name: "Cancel" }).click(),
};

for (const [name, abandon] of Object.entries(ABANDONMENTS)) {
  test(`challenge ${name} is an error, and a new source can be made`, async () => {
    const { page, create } = await pageWithCard();
    const { error } = await create(() => abandon(page));
    assert.equal(error.errors[0].code, "3ds2_error");
    const { source } = await create(() => answer(page, "1234"));
    assert.equal(source.state, "chargeable");
  });
}

test("dialog is modal, has a name, and gives the focus back", async () => {
  const { page, create } = await pageWithCard();
  await page.evaluate(() => {
    const button = Object.assign(document.createElement("button"), { id: "buy", textContent: "Buy" });
    document.getElementById("main").append(button);
    button.focus();
  });
  await create(async () => {
    const dialog = page.getByRole("dialog", { name: "Confirmation by your bank" });
    await dialog.waitFor();
    assert.ok(await dialog.evaluate((node) => node.matches(":modal")));
    await page.setViewportSize({ width: 320, height: 568 });
    const { x, width, height } = await dialog.boundingBox();
    assert.ok(x >= 0 && width <= 320 && height <= 568);
    await dialog.getByRole("button").click();
  });
  assert.equal(await page.evaluate(() => document.activeElement.id), "buy");
});

async function savedCard(number) {
  const { page, create } = await pageWithCard({ ...VISA, number });
  const { source } = await create(async () => number === CHALLENGED.number && (await answer(page, "password")));
  const later = await Guest.start();
  const data = { sessionId: later.sessionId, sourceId: source.id, sourceClientSecret: source.clientSecret };
  return { page, data };
}

const AUTHENTICATION_ANSWERS = {
  complete: (page) => answer(page, "password"),
  failed: (page) => answer(page, "wrong"),
};

for (const [status, act] of Object.entries(AUTHENTICATION_ANSWERS)) {
  test(`authenticateSource resolves ${status}`, async () => {
    const { page, data } = await savedCard(CHALLENGED.number);
    const result = await during(page, (sent) => digitalRiver.authenticateSource(sent), data, () => act(page));
    assert.deepEqual(result, { status });
  });
}

test("abandoned authentication failed, and can be tried again with the security code", async () => {
  const { page, data } = await savedCard(CHALLENGED.number);
  const call = (sent) => digitalRiver.authenticateSource(elements.cardcvv, sent);
  const close = () => page.locator("dialog header button").click();
  assert.deepEqual(await during(page, call, data, close), { status: "failed" });
  assert.deepEqual(await during(page, call, data, () => answer(page, "password")), { status: "complete" });
  await field(page, "cardcvv").fill("1");
  const { status, error } = await page.evaluate(call, data);
  assert.deepEqual([status, error.errors[0].code], ["failed", "incomplete_security_code"]);
});

test("most cards need no authentication", async () => {
  const { page, data } = await savedCard(VISA.number);
  const result = await page.evaluate((sent) => digitalRiver.authenticateSource(sent), data);
  assert.deepEqual(result, { status: "authentication_not_required" });
  const unknown = { ...data, sourceId: "00000000-0000-0000-0000-000000000000" };
  const { status, error } = await page.evaluate((sent) => digitalRiver.authenticateSource(sent), unknown);
  assert.deepEqual([status, error.type], ["failed", "not_found"]);
  await assert.rejects(page.evaluate(() => digitalRiver.authenticateSource({})));
});

test("handleNextAction authenticates the source of the cart", async () => {
  const guest = await Guest.start();
  const page = await openShop();
  await mountElements(page, CARD);
  await typeCard(page);
  const lastName = "Decline:authentication_required";
  const made = await page.evaluate((sent) => digitalRiver.createSource(elements.cardnumber, sent), {
    type: "creditCard",
    sessionId: guest.sessionId,
    owner: { ...OWNER, lastName },
  });
  await guest.attach(made.source.id);
  await assert.rejects(guest.submit(), /authentication_required/);
  const action = { action: "authenticate", data: { sessionId: guest.sessionId } };
  const handle = (sent) => digitalRiver.handleNextAction(sent);
  assert.deepEqual(await during(page, handle, action, () => answer(page, "password")), { status: "complete" });
  assert.equal((await guest.submit()).paymentSession.status, "complete");
  await assert.rejects(page.evaluate(() => digitalRiver.handleNextAction({ action: "none" })));
});
