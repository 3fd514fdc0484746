// One life of the example app, from its start to its end. Prints the screen that it shows last, as JSON.
// Arguments: URL of the gateway, URL of the sandbox, file that stands in for the keychain, what the shopper does, and with
// what: shop · pay creditCard · pay afterPay · buy · start · open LINK · buy-and-die-before · buy-and-die-after
import { createSource, type Payment, TEST_CARD } from "../examples/provider.js";
import { type AddressInput, LookAroundDocument } from "../generated/strings/graphql.js";
import { bearerSession, Gateway, memoryStorage } from "riverfront-client";
import { App, type Screen } from "./app.js";
import { fileStorage } from "./storage.js";

const [gatewayUrl = "", sandboxUrl = "", file = "", does = "start", what = ""] = process.argv.slice(2);

const RETURN_URL = "https://shop.example/app/return";

const ADDRESS: AddressInput = {
  firstName: "Ada",
  lastName: "Lovelace",
  line1: "10380 Bren Road W",
  city: "Minnetonka",
  countrySubdivision: "MN",
  postalCode: "55343",
  countryCode: "US",
  phoneNumber: "952-555-0100",
  email: "ada@example.com",
};

const PAYMENTS: Record<string, Payment> = {
  creditCard: TEST_CARD,
  afterPay: { type: "afterPay", afterPay: { returnUrl: RETURN_URL, cancelUrl: RETURN_URL } },
};

/** The system ends the app, without a word: before the order is sent, or before its answer is read. */
const dying: typeof fetch = async (input, init) => {
  const isOrder = String(init?.body).includes("submitOrder(");
  if (isOrder && does === "buy-and-die-before") process.kill(process.pid, "SIGKILL");
  const response = await fetch(input, init);
  if (isOrder && does === "buy-and-die-after") process.kill(process.pid, "SIGKILL");
  return response;
};

const app = new App({
  gatewayUrl,
  storage: fileStorage(file),
  returnUrl: RETURN_URL,
  orders: { reads: 2, patienceMs: 1_500 },
  fetch: dying,
});

/** What anyone may read, without the session of the app. */
async function lookAround() {
  const connection = { client: "example-app", session: bearerSession(memoryStorage()) };
  const { storefront, products } = await new Gateway(`${gatewayUrl}/graphql`, connection).ask(LookAroundDocument);
  const product = products?.nodes.find(({ kind, isPurchasable }) => kind === "PHYSICAL" && isPurchasable);
  if (!storefront || !product) throw new Error("The shop sells no physical product.");
  return { publicKey: storefront.publishableKey, product };
}

async function shop(): Promise<Screen> {
  await app.add((await lookAround()).product.id);
  return app.giveAddress(ADDRESS);
}

async function pay(method: string): Promise<Screen> {
  const screen = await app.start();
  if (screen.name !== "payment") return screen;
  const { publicKey } = await lookAround();
  return app.pay(await createSource(sandboxUrl, publicKey, screen.sessionId, ADDRESS, PAYMENTS[method] ?? TEST_CARD));
}

const actions: Record<string, () => Promise<Screen>> = {
  shop,
  pay: () => pay(what),
  open: () => app.opened(what),
  start: () => app.start(),
};
console.log(JSON.stringify(await (actions[does] ?? (() => app.buy()))()));
