// Functions of DigitalRiver.js without card fields: sources, available payment methods and legal texts.
import assert from "node:assert/strict";
import { test } from "node:test";
import { field, Guest, mountElements, openShop, OWNER, sandbox, typeCard } from "./storefront.mjs";

const BACK = { returnUrl: "https://shop.example/back", cancelUrl: "https://shop.example/cancelled" };

test("redirect source is made, and read again after the approval", async () => {
  const guest = await Guest.start();
  const page = await openShop();
  const data = { type: "payPal", sessionId: guest.sessionId, payPal: BACK };
  const { source } = await page.evaluate((sent) => digitalRiver.createSource(sent), data);
  assert.equal(source.state, "pending_redirect");
  await fetch(source.redirect.redirectUrl, { method: "POST", body: new URLSearchParams({ decision: "approve" }), redirect: "manual" });
  const read = await page.evaluate(({ id, clientSecret }) => digitalRiver.retrieveSource(id, clientSecret), source);
  assert.equal(read.source.state, "chargeable");
  await guest.attach(source.id);
  assert.equal((await guest.submit()).paymentSession.status, "complete");
});

test("refusal of the payment service is a documented error", async () => {
  const page = await openShop();
  const refused = await page.evaluate((owner) => digitalRiver.createSource({ type: "wireTransfer", owner, amount: 1, currency: "xyz" }), OWNER);
  assert.equal(refused.source, null);
  assert.deepEqual([refused.error.type, refused.error.errors[0].code], ["bad_request", "currency_unsupported"]);
  const unauthorized = await page.evaluate(() => new DigitalRiver("pk_wrong").createSource({ type: "payPal" }));
  assert.equal(unauthorized.error.type, "unauthorized");
  await page.context().setOffline(true);
  const offline = await page.evaluate(() => digitalRiver.createSource({ type: "payPal" }));
  assert.equal(offline.error.type, "no_network");
});

test("available payment methods fit the session", async () => {
  const guest = await Guest.start();
  const page = await openShop();
  const { sessionInformation, paymentMethods } = await page.evaluate(
    (sessionId) => digitalRiver.retrieveAvailablePaymentMethods({ sessionId }),
    guest.sessionId,
  );
  assert.deepEqual([sessionInformation.currency, sessionInformation.country], ["USD", "US"]);
  const types = paymentMethods.map(({ type }) => type);
  assert.ok(types.includes("creditCard") && types.includes("payPal") && !types.includes("ideal"));
  const unknown = await page.evaluate(() => digitalRiver.retrieveAvailablePaymentMethods({ sessionId: "none" }));
  assert.equal(unknown.type, "not_found");
});

test("card source for a client secret, and for storage", async () => {
  const guest = await Guest.start();
  const page = await openShop();
  await mountElements(page, ["cardnumber", "cardexpiration", "cardcvv"]);
  await typeCard(page);
  const { clientSecret } = (await guest.cart()).paymentSession;
  const made = await page.evaluate(
    ([secret, owner]) => digitalRiver.createCreditCardSource(secret, elements.cardnumber, { type: "creditCard", owner }),
    [clientSecret, OWNER],
  );
  assert.deepEqual([made.source.state, made.source.sessionId], ["chargeable", guest.sessionId]);
  const moved = await page.evaluate(async ({ id, clientSecret }) => {
    return digitalRiver.updateSource({ id, clientSecret, owner: { firstName: "Augusta", lastName: "King", email: "a@example.com" } });
  }, made.source);
  assert.equal(moved.source.owner.firstName, "Augusta");
  await field(page, "cardexpiration").fill("11/36");
  const later = await page.evaluate(
    ({ id, clientSecret }) => digitalRiver.updateSource(elements.cardexpiration, { id, clientSecret }),
    made.source,
  );
  assert.deepEqual([later.source.creditCard.expirationMonth, later.source.creditCard.expirationYear], [11, 2036]);
  const stored = await page.evaluate(
    ([sessionId, owner]) =>
      digitalRiver.createStoredPaymentSource(elements.cardnumber, { type: "creditCard", sessionId, owner }),
    [guest.sessionId, OWNER],
  );
  assert.equal(stored.source.state, "chargeable");
  await assert.rejects(page.evaluate(() => digitalRiver.createCreditCardSource("", elements.cardnumber, {})));
});

test("updateSource takes only the expiration field and a whole reference", async () => {
  const page = await openShop();
  await mountElements(page, ["cardnumber"]);
  const [wrong, absent] = await page.evaluate(async () => [
    await digitalRiver.updateSource(elements.cardnumber, { id: "1", clientSecret: "1_2" }),
    await digitalRiver.updateSource({}),
  ]);
  assert.equal(wrong.error.errors[0].code, "invalid_element_type");
  assert.deepEqual(absent.error.errors.map(({ parameter }) => parameter), ["id", "clientSecret"]);
  await field(page, "cardnumber").waitFor();
});

const COMPLIANCE = [
  ["en-US", ["californiaPrivacyRights"]],
  ["en-IE", ["cancellationRights"]],
  ["de_DE", ["cancellationRights"]],
  ["it-IT", ["cancellationRights", "warrantyInformation"]],
  ["ja-JP", ["japaneseCommerceLaw"]],
];

test("legal texts follow the seller, the language and the country", async () => {
  const page = await openShop();
  const everywhere = [
    ...["autorenewalPlanTerms", "businessEntity", "confirmDisclosure", "cookiePolicy", "idealRecurringAgreement"],
    ...["legalNotice", "privacyPolicy", "resellerDisclosure", "saveCardMandate", "termsOfSale"],
  ];
  for (const [locale, more] of COMPLIANCE) {
    const { disclosure } = await page.evaluate(
      (wanted) => digitalRiver.Compliance.getDetails("DR_IRELAND-ENTITY", wanted),
      locale,
    );
    assert.deepEqual(Object.keys(disclosure).sort(), [...everywhere, ...more].sort(), locale);
    assert.deepEqual(disclosure.businessEntity, { id: "DR_IRELAND-ENTITY", name: "Digital River Ireland Ltd." });
    for (const { url } of Object.values(disclosure)) if (url) assert.equal((await fetch(url)).status, 200, url);
  }
  const german = await page.evaluate(() =>
    digitalRiver.Compliance.getDetails({ businessEntityCode: "dr_uk-entity", language: "de", country: "AT" }),
  );
  assert.equal(german.disclosure.privacyPolicy.localizedText, "Datenschutzerklärung");
  assert.match(german.disclosure.confirmDisclosure.localizedText, /Digital River UK Ltd\..*href="http/);
  const own = await page.evaluate(() =>
    digitalRiver.Compliance.getDetails({
      ...{ businessEntityCode: "DR_INC-ENTITY", language: "en", country: "US" },
      policies: { refund: { url: "https://shop.example/refunds" }, return: { url: "https://shop.example/returns" } },
    }),
  );
  assert.equal(own.disclosure.refundPolicy.url, "https://shop.example/refunds");
  assert.equal(own.disclosure.returnPolicy.localizedText, "Returns");
  await assert.rejects(page.evaluate(() => digitalRiver.Compliance.getDetails("ACME", "en-US")));
  await assert.rejects(page.evaluate(() => digitalRiver.Compliance.getDetails({ businessEntityCode: "DR_INC-ENTITY" })));
  assert.equal((await fetch(`${sandbox}/v1/legal/other`)).status, 404);
});

test("locale is read in every spelling", async () => {
  const page = await openShop();
  const spellings = ["de-DE", "de-de", "de_DE", "de", "DE", "en-US", "UK", "fr", "??", undefined];
  const titles = await page.evaluate(async (locales) => {
    const found = [];
    for (const locale of locales) {
      const element = new DigitalRiver("pk_x", { locale }).createElement("cardexpiration");
      const container = document.body.appendChild(document.createElement("div"));
      element.mount(container);
      found.push(container.querySelector("iframe").title);
      await element.destroy();
    }
    return found;
  }, spellings);
  const german = Array(5).fill("Gültig bis");
  assert.deepEqual(titles, [...german, "Expiration date", "Expiry date", ...Array(3).fill("Expiration date")]);
});
