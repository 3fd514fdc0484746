// Elements with several fields: tax identifiers, TreviPay, Korean cards, invoices, and bank accounts of refunds.
import assert from "node:assert/strict";
import { test } from "node:test";
import { field, Guest, lastEvent, mountElements, openShop, OWNER, sandbox, typeCard } from "./storefront.mjs";

const BACK = { returnUrl: "https://shop.example/back", cancelUrl: "https://shop.example/back" };

const inFrame = (page, name) => page.frameLocator(`.DR-${name} iframe`).locator("#field");

const BRITAIN = { country: "GB", sellingEntity: "DR_UK-ENTITY" };

/** Wait for a change event with these values. */
function changed(page, wanted) {
  return page.waitForFunction((values) => {
    const has = (seen, part) =>
      part !== null && typeof part === "object" ? Object.keys(part).every((name) => has(seen?.[name], part[name])) : seen === part;
    return events.some((seen) => seen.event === "change" && has(seen, values));
  }, wanted);
}

test("tax identifier of a business is checked and reported", async () => {
  const guest = await Guest.start("de_DE", "DE");
  const page = await openShop({ locale: "de" });
  await mountElements(page, ["taxidentifier"], { taxIdentifier: { sessionId: guest.sessionId } });
  const { hasTaxIdentifier, businessTaxIdentifierRequired, individualTaxIdentifierRequired } = await lastEvent(
    page,
    "ready",
    "taxidentifier",
  );
  assert.deepEqual([hasTaxIdentifier, businessTaxIdentifierRequired, individualTaxIdentifierRequired], [true, false, false]);
  assert.equal(await page.getByRole("radio").count(), 0);
  await page.getByText("Umsatzsteuer-Identifikationsnummer").click();
  await inFrame(page, "de_vat").fill("DE12");
  await page.getByText("Die Nummer hat nicht das richtige Format.").waitFor();
  await changed(page, { error: { code: "invalid_tax_identifier" } });
  await inFrame(page, "de_vat").fill("DE123456789");
  await changed(page, { complete: true });
  const { identifier } = await lastEvent(page, "change", "taxidentifier");
  assert.deepEqual(identifier, { value: "DE123456789", type: "de_vat", customerType: "business" });
});

test("tax identifier asks who buys, where both have one", async () => {
  const page = await openShop();
  const market = await sellerOf("BR");
  await mountElements(page, ["taxidentifier"], { taxIdentifier: market });
  const ready = await lastEvent(page, "ready", "taxidentifier");
  assert.deepEqual([ready.businessTaxIdentifierRequired, ready.individualTaxIdentifierRequired], [true, true]);
  await page.getByRole("radio", { name: "A person" }).waitFor();
  await inFrame(page, "cpf").fill("12345678909");
  await changed(page, { identifier: { customerType: "individual" }, complete: true });
  await page.getByRole("radio", { name: "A business" }).check();
  await inFrame(page, "cnpj").fill("11222333000181");
  await changed(page, { identifier: { type: "cnpj" }, complete: true });
  assert.equal(await page.locator(".DR-cpf").count(), 0);
  await page.evaluate(() => elements.taxidentifier.destroy());
  await page.evaluate(() => document.getElementById("main").replaceChildren());
  await mountElements(page, ["taxidentifier"], { taxIdentifier: { ...market, type: "individual" } });
  assert.equal(await page.getByRole("radio").count(), 0);
});

test("country without tax identifiers shows none", async () => {
  const page = await openShop();
  await mountElements(page, ["taxidentifier"], { taxIdentifier: { country: "US", sellingEntity: "DR_INC-ENTITY" } });
  assert.equal((await lastEvent(page, "ready", "taxidentifier")).hasTaxIdentifier, false);
  await assert.rejects(page.evaluate(() => new DigitalRiver("pk_x").createElement("taxidentifier", {})));
});

async function sellerOf(country) {
  for (const sellingEntity of ["DR_INC-ENTITY", "DR_IRELAND-ENTITY", "DR_UK-ENTITY", "DR_BRAZIL-ENTITY", "C5_INC-ENTITY"]) {
    const { publicApiKey } = await (await fetch(`${sandbox}/_sandbox/keys`)).json();
    const url = `${sandbox}/country-specs?${new URLSearchParams({ country, sellingEntity })}`;
    const { data } = await (await fetch(url, { headers: { Authorization: `bearer ${publicApiKey}` } })).json();
    if (data.length) return { country, sellingEntity };
  }
  throw new Error(`Nobody sells in ${country}.`);
}

test("TreviPay gets the order number and the notes", async () => {
  const page = await openShop();
  await mountElements(page, ["msts"]);
  await inFrame(page, "poNumber").fill("PO-7");
  await inFrame(page, "notes").fill("Second\nfloor");
  assert.equal(await inFrame(page, "notes").evaluate((node) => node.localName), "textarea");
  await changed(page, { msts: { type: "notes" } });
  assert.deepEqual((await lastEvent(page, "change", "msts")).msts, { type: "notes", value: "Second\nfloor" });
  const [made] = await Promise.all([
    page.waitForRequest((request) => request.url().endsWith("/payments/sources") && request.method() === "POST"),
    page.evaluate(([msts, owner]) => {
      const data = { type: "msts", amount: 10, currency: "USD", owner: { ...owner, organization: "ACME" }, msts };
      return digitalRiver.createSource(elements.msts, data);
    }, [BACK, OWNER]),
  ]);
  assert.deepEqual(made.postDataJSON().msts, { ...BACK, poNumber: "PO-7", notes: "Second\nfloor" });
});

test("Korean card data goes with the card, and only from the frames", async () => {
  const guest = await Guest.start();
  const page = await openShop({ locale: "ja" });
  await mountElements(page, ["cardnumber", "cardexpiration", "cardcvv", "koreancard"]);
  await typeCard(page);
  const create = () =>
    page.evaluate(([sessionId, owner]) => {
      return digitalRiver.createSource(elements.cardnumber, { type: "creditCard", sessionId, owner });
    }, [guest.sessionId, OWNER]);
  await inFrame(page, "koreanholder").fill("9001");
  const { error } = await create();
  assert.deepEqual(error.errors.map(({ code }) => code), ["invalid_format", "missing_parameter"]);
  await inFrame(page, "koreanholder").fill("900101");
  await inFrame(page, "koreanpassword").fill("12");
  await changed(page, { elementType: "koreancard", complete: true });
  const [request, { source }] = await Promise.all([
    page.waitForRequest((sent) => sent.url().endsWith("/payments/sources") && sent.method() === "POST"),
    create(),
  ]);
  assert.equal(source.state, "chargeable");
  assert.notEqual(request.frame(), page.mainFrame());
  assert.deepEqual(request.postDataJSON().creditCard.koreanCard, { holder: "900101", password: "12" });
  assert.ok(!(await page.content()).includes("900101"));
});

test("invoice attributes are asked for nowhere in the demo shop", async () => {
  const page = await openShop();
  await mountElements(page, ["invoiceattribute"], { invoiceAttribute: BRITAIN });
  assert.deepEqual(await page.evaluate(() => elements.invoiceattribute.submit()), {});
  await assert.rejects(page.evaluate(() => new DigitalRiver("pk_x").createElement("invoiceattribute", {})));
});

/** The token of a refund of an order that was paid by wire transfer. */
async function refundToken(locale, country) {
  const guest = await Guest.start(locale, country);
  const page = await openShop();
  const made = await page.evaluate((data) => digitalRiver.createSource(data), {
    ...{ type: "wireTransfer", sessionId: guest.sessionId, owner: OWNER },
  });
  await guest.attach(made.source.id);
  return [page, await guest.refundToken((await guest.submit()).order.id)];
}

async function accountOf(token) {
  const refunds = await (await fetch(`${sandbox}/_sandbox/refunds`)).json();
  return refunds.find(({ refundToken: known }) => known === token).account;
}

test("shopper names the bank account of a refund once", async () => {
  const [page, token] = await refundToken("de_DE", "DE");
  await mountElements(page, ["offlinerefund"], { refundToken: token });
  await page.evaluate(() => elements.offlinerefund.on("complete", () => events.push({ event: "complete" })));
  await page.getByRole("button", { name: "Send" }).click();
  await changed(page, { error: { code: "missing_parameter" } });
  await inFrame(page, "accountHolder").fill("Ada Lovelace");
  await inFrame(page, "iban").fill("DE88370400440532013000");
  await page.getByRole("button", { name: "Send" }).click();
  await page.getByText("The account was not accepted.").waitFor();
  await inFrame(page, "iban").fill("DE89 3704 0044 0532 0130 00");
  await changed(page, { complete: true });
  await page.getByRole("button", { name: "Send" }).click();
  await page.getByText("The money is on its way to your account.").waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "Thank you. The money is on its way to your account.");
  assert.equal(await accountOf(token), "3000");
  assert.equal((await page.evaluate(() => events)).at(-1).event, "complete");
  assert.ok(!(await page.evaluate(() => JSON.stringify(events))).includes("0532"));
  await page.evaluate(() => elements.offlinerefund.destroy());
  await page.evaluate(() => document.getElementById("main").replaceChildren());
  await mountElements(page, ["offlinerefund"], { refundToken: token });
  await page.getByText("This refund is not known").waitFor();
  await assert.rejects(page.evaluate(() => new DigitalRiver("pk_x").createElement("offlinerefund", {})));
});

test("account without IBAN has a number, and its kind is selected", async () => {
  const [page, token] = await refundToken("en_US", "US");
  await mountElements(page, ["offlinerefund"], { refundToken: token });
  await inFrame(page, "accountHolder").fill("Ada Lovelace");
  await inFrame(page, "accountNumber").fill("12345678");
  await page.getByRole("button", { name: "Send" }).click();
  await changed(page, { error: { code: "missing_parameter" } });
  await page.frameLocator(".DR-accountType iframe").getByRole("alert").filter({ hasText: "Select" }).waitFor();
  assert.equal(await inFrame(page, "accountType").getAttribute("aria-describedby"), "error");
  await inFrame(page, "accountType").selectOption("savings");
  await changed(page, { complete: true });
  await page.getByRole("button", { name: "Send" }).click();
  await page.getByText("The money is on its way to your account.").waitFor();
  assert.equal(await accountOf(token), "5678");
  assert.equal(await field(page, "offlinerefund").count(), 0);
});
