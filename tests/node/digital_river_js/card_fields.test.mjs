// The card fields of DigitalRiver.js, and sources that are made with them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { field, Guest, lastEvent, mountElements, openShop, OWNER, typeCard, VISA } from "./storefront.mjs";
import { typeIn } from "../typing.mjs";

const CARD = ["cardnumber", "cardexpiration", "cardcvv"];

function createCardSource(page, data) {
  return page.evaluate((source) => digitalRiver.createSource(elements.cardnumber, source), {
    type: "creditCard",
    owner: OWNER,
    ...data,
  });
}

test("guest pays with a card from another origin", async () => {
  const guest = await Guest.start();
  const page = await openShop();
  await mountElements(page, CARD);
  await typeCard(page);
  const { source, error } = await createCardSource(page, { sessionId: guest.sessionId });
  assert.equal(error, null);
  assert.equal(source.state, "chargeable");
  assert.equal(source.creditCard.lastFourDigits, "1111");
  await guest.attach(source.id);
  assert.equal((await guest.submit()).paymentSession.status, "complete");
  const read = await page.evaluate(({ id, clientSecret }) => digitalRiver.retrieveSource(id, clientSecret), source);
  assert.deepEqual([read.source.id, read.source.state, read.error], [source.id, "consumed", null]);
  assert.deepEqual(page.problems, []);
});

test("field waits for its configuration before anybody can type", async () => {
  const page = await openShop();
  await mountElements(page, ["cardnumber"]);
  assert.equal(await field(page, "cardnumber").isEnabled(), true);
  const frame = page.frames().find((each) => each.url().includes("/frames/field.html"));
  await page.goto(frame.url());
  assert.equal(await page.locator("#field").isEnabled(), false);
});

test("form that is sent before its frames have loaded is answered", async () => {
  const page = await openShop();
  const { source, error } = await page.evaluate((data) => {
    document.body.append(Object.assign(document.createElement("div"), { id: "early" }));
    const number = digitalRiver.createElement("cardnumber", {});
    number.mount("early");
    return digitalRiver.createSource(number, data);
  }, { type: "creditCard", owner: OWNER });
  assert.equal(source, null);
  assert.equal(error.type, "validation_error");
});

test("fields report brand, completeness, errors and focus", async () => {
  const page = await openShop();
  await mountElements(page, CARD);
  assert.deepEqual(await lastEvent(page, "ready", "cardnumber"), { event: "ready", elementType: "cardnumber" });
  await field(page, "cardnumber").focus();
  await page.waitForFunction(() => document.getElementById("cardnumber").classList.contains("DRElement--focus"));
  await typeIn(field(page, "cardnumber"), VISA.number);
  await typeIn(field(page, "cardexpiration"), "1035");
  await typeIn(field(page, "cardcvv"), VISA.cvv);
  assert.equal(await field(page, "cardnumber").inputValue(), "4444 2222 3333 1111");
  assert.equal(await field(page, "cardexpiration").inputValue(), "10/35");
  await page.waitForFunction(() => events.some((seen) => seen.elementType === "cardcvv" && seen.complete));
  const { brand, complete, empty, error } = await lastEvent(page, "change", "cardnumber");
  assert.deepEqual({ brand, complete, empty, error }, { brand: "visa", complete: true, empty: false, error: null });
  assert.equal(await page.getAttribute("#cardnumber", "class"), "DRElement DRElement--complete");
  assert.ok(await lastEvent(page, "blur", "cardnumber"));
  await field(page, "cardcvv").press("Enter");
  await page.waitForFunction(() => events.some(({ event }) => event === "return"));
});

const ERRORS = [
  ["cardnumber", "4444 2222 3333 1112", "invalid_card_number"],
  ["cardnumber", "4444 2222", "incomplete_card_number"],
  ["cardexpiration", "13", "invalid_expiration_month"],
  ["cardexpiration", "10/20", "invalid_expiration_year"],
  ["cardexpiration", "1", "incomplete_expiration_date"],
  ["cardcvv", "12", "incomplete_security_code"],
];

test("field names what is wrong, also to screen readers", async () => {
  const page = await openShop({ locale: "de" });
  await mountElements(page, CARD);
  for (const [type, typed, code] of ERRORS) {
    await field(page, type).fill(typed);
    await field(page, type).blur();
    await page.waitForFunction(
      ([elementType, wanted]) => events.some((seen) => seen.elementType === elementType && seen.error?.code === wanted),
      [type, code],
    );
    const { error } = await lastEvent(page, "change", type);
    assert.equal(error.type, "validation_error");
    const input = field(page, type);
    assert.equal(await input.getAttribute("aria-invalid"), "true");
    const described = await input.evaluate((node) => document.getElementById(node.getAttribute("aria-describedby")));
    assert.ok(described !== null);
    assert.equal(await page.frameLocator(`#${type} iframe`).locator("#error").textContent(), error.message);
    assert.match(error.message, /^(Die|Der|Das) /);
  }
});

test("incomplete card makes no source", async () => {
  const page = await openShop();
  await mountElements(page, CARD);
  await typeIn(field(page, "cardnumber"), "4444");
  const { source, error } = await createCardSource(page, { amount: 10, currency: "USD" });
  assert.equal(source, null);
  assert.equal(error.type, "validation_error");
  assert.deepEqual(
    error.errors.map(({ code }) => code),
    ["incomplete_card_number", "incomplete_expiration_date", "incomplete_security_code"],
  );
});

test("refused card is an error with the id of its source", async () => {
  const page = await openShop();
  await mountElements(page, CARD);
  await typeCard(page, { ...VISA, number: "4000000000003295" });
  const { source, error } = await createCardSource(page, { amount: 10, currency: "USD" });
  assert.equal(source, null);
  assert.deepEqual([error.type, error.errors[0].code], ["bad_request", "source_creation_failed"]);
  assert.ok(error.failedSourceId);
});

test("element throws where a storefront uses it wrongly", async () => {
  const page = await openShop();
  const thrown = await page.evaluate(async () => {
    const attempts = {
      noKey: () => new DigitalRiver(),
      confidentialKey: () => new DigitalRiver("sk_test"),
      unknownElement: () => digitalRiver.createElement("cheque"),
      second: () => [digitalRiver.createElement("cardnumber"), digitalRiver.createElement("CardNumber")],
      unknownEvent: () => digitalRiver.createElement("cardcvv").on("hover", () => {}),
      noContainer: () => digitalRiver.createElement("cardexpiration").mount("nowhere"),
      noData: () => digitalRiver.createSource(),
      noSecret: () => digitalRiver.retrieveSource("id"),
    };
    const names = [];
    for (const [name, attempt] of Object.entries(attempts)) {
      try {
        await attempt();
      } catch {
        names.push(name);
      }
    }
    return [names, Object.keys(attempts)];
  });
  assert.deepEqual(thrown[0], thrown[1]);
});

test("element is unmounted, mounted again and destroyed", async () => {
  const page = await openShop();
  await mountElements(page, ["cardnumber"], { placeholderText: "Number", classes: { base: "own" } });
  const seen = await page.evaluate(async () => {
    const element = elements.cardnumber;
    const classes = document.getElementById("cardnumber").className;
    element.unmount();
    const left = document.querySelectorAll("iframe").length;
    element.mount(document.getElementById("cardnumber"));
    const mounted = document.querySelectorAll("iframe").length;
    await element.destroy();
    let refusal = "";
    try {
      element.mount("cardnumber");
    } catch (problem) {
      refusal = problem.message;
    }
    digitalRiver.createElement("cardnumber");
    return { classes, left, mounted, after: document.querySelectorAll("iframe").length, refusal };
  });
  assert.match(seen.refusal, /destroyed/);
  assert.deepEqual([seen.classes, seen.left, seen.mounted, seen.after], ["own DRElement--empty", 0, 1, 0]);
});

test("fields are reached by keyboard and by their labels", async () => {
  const page = await openShop();
  await mountElements(page, CARD);
  await page.getByText("cardnumber").click();
  for (const type of CARD) {
    await page.waitForFunction((name) => document.getElementById(name).classList.contains("DRElement--focus"), type);
    await page.keyboard.type(type === "cardnumber" ? VISA.number : "1035".slice(0, type === "cardcvv" ? 3 : 4));
    await page.keyboard.press("Tab");
  }
  assert.equal(await field(page, "cardexpiration").inputValue(), "10/35");
  await page.mouse.click(1, 1); // The last Tab may have left the page, where no frame gets the focus.
  await page.evaluate(() => elements.cardcvv.focus());
  await page.waitForFunction(() => document.getElementById("cardcvv").classList.contains("DRElement--focus"));
  await page.evaluate(() => elements.cardcvv.blur());
  await page.waitForFunction(() => !document.getElementById("cardcvv").classList.contains("DRElement--focus"));
  await page.evaluate(() => elements.cardcvv.clear());
  await page.waitForFunction(() => document.getElementById("cardcvv").classList.contains("DRElement--empty"));
});

test("storefront decides style, placeholder and mask", async () => {
  const page = await openShop();
  await page.evaluate(() => (document.getElementById("main").style.color = "rgb(0, 0, 90)"));
  const style = {
    base: { fontSize: "20px", position: "fixed", ":hover": { color: "red" }, "::placeholder": { color: "rgb(1, 2, 3)" } },
    invalid: { color: "rgb(163, 38, 38)" },
  };
  await mountElements(page, ["cardnumber"], { style, placeholderText: "Number", mask: true, classes: { invalid: "wrong" } });
  const input = field(page, "cardnumber");
  const look = () =>
    input.evaluate((node) => {
      const { color, fontSize, position } = getComputedStyle(node);
      return { color, fontSize, position, placeholder: getComputedStyle(node, "::placeholder").color };
    });
  assert.deepEqual(await look(), {
    ...{ color: "rgb(0, 0, 90)", fontSize: "20px", position: "static", placeholder: "rgb(1, 2, 3)" },
  });
  assert.equal(await input.getAttribute("placeholder"), "Number");
  assert.equal(await input.getAttribute("type"), "password");
  await input.fill("4444222233331112");
  await page.waitForFunction(() => document.getElementById("cardnumber").classList.contains("wrong"));
  assert.equal((await look()).color, "rgb(163, 38, 38)");
  await page.evaluate(() => elements.cardnumber.update({ style: {}, placeholderText: "Card", mask: false }));
  await page.frameLocator("#cardnumber iframe").locator('[placeholder="Card"][type="text"]').waitFor();
  assert.equal(await input.inputValue(), "4444 2222 3333 1112");
});

test("fields follow the color scheme of the page", async () => {
  for (const [scheme, colorScheme, expected] of [
    ["light dark", "dark", "dark"],
    ["light dark", "light", "light"],
    ["light", "dark", "light"],
    ["dark", "light", "dark"],
  ]) {
    const page = await openShop({ scheme, context: { colorScheme } });
    await mountElements(page, ["cardnumber"]);
    const shown = await field(page, "cardnumber").evaluate((node) => getComputedStyle(node).colorScheme);
    assert.equal(shown, expected, `${scheme} in ${colorScheme}`);
  }
});
