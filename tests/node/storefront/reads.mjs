// Scenarios in which the graph cannot be read, or has no session any more.
import { findings } from "./axe.mjs";
import { giveAddress } from "./checkout.mjs";

export * from "./checkout.mjs";

const heading = (page, name) => page.getByRole("heading", { name, exact: true }).waitFor();
const account = (page) => page.getByRole("navigation", { name: "Account" });
const isEmpty = (page) => page.getByText(/cart is empty/i).count();

/** The cart cannot be read. The shopper looks at a page and reads what is wrong. */
export async function openUnreadable({ page, url, path }) {
  await page.goto(`${url}${path}`);
  await heading(page, "Something went wrong");
  return { empty: await isEmpty(page), findings: await findings(page) };
}

/** Like a shopper, more than once: the gateway may hold calls back for some seconds after many have failed. */
export async function tryAgain({ page, until }) {
  const button = page.getByRole("button", { name: "Try again" });
  const wanted = page.getByText(until).first();
  for (let pressed = 0; pressed < 10; pressed += 1) {
    await button.click();
    await wanted.waitFor({ timeout: 1_000 }).catch(() => button.or(wanted).first().waitFor());
    if (await wanted.isVisible()) return;
  }
  await wanted.waitFor();
}

/** The cart is shown. Then it cannot be read again: it stays, and the shopper reads that it may be old. */
export async function readAgainInVain({ page, until }) {
  await page.evaluate(() => new BroadcastChannel("riverfront.changes").postMessage(["cart"]));
  await page.locator("[data-outdated]").getByText(/\w/).first().waitFor();
  return { shown: await page.locator("main").getByText(until).count(), empty: await isEmpty(page), findings: await findings(page) };
}

export async function openPage({ page, url, path, until }) {
  await page.goto(`${url}${path}`);
  await page.getByText(until).first().waitFor();
}

/** Signs in with the form, and goes to a page of the account. */
export async function signInAt({ page, url, username, password, path }) {
  await page.goto(`${url}/sign-in?${new URLSearchParams({ next: path })}`);
  await page.getByLabel("Email", { exact: true }).fill(username);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await account(page).waitFor();
}

/** Sends a form without a connection, and is online again. Returns the value of the field in between, and then. */
async function sentInVain(page, field, send) {
  await page.route("**/graphql", (route) => route.abort());
  await send();
  await page.locator("main").getByText("We cannot reach the shop").first().waitFor();
  const before = await field.inputValue({ timeout: 2_000 });
  await page.unroute("**/graphql");
  const answered = page.waitForResponse("**/graphql");
  await page.evaluate(() => window.dispatchEvent(new Event("online")));
  await answered;
  await page.locator("[data-outdated]:not(:empty)").waitFor({ state: "detached" });
  return [before, await field.inputValue({ timeout: 2_000 })];
}

export async function sendProfileInVain({ page, value }) {
  const field = page.getByLabel("Last name", { exact: true });
  await field.fill(value);
  return sentInVain(page, field, () => page.getByRole("button", { name: "Save", exact: true }).click());
}

export async function sendAddressInVain({ page, value }) {
  const field = page.locator("[data-step=address] [name=city]");
  await field.waitFor();
  return sentInVain(page, field, () => giveAddress({ page, address: { city: value } }));
}

/** The cookie of a signed-in shopper is gone. They open a page of the account, which leads to the sign-in. */
export async function loseSession({ context, page, link }) {
  await page.locator(".entries > li").first().waitFor();
  await context.clearCookies();
  return openAsGuest(page, link);
}

export async function readEntries({ page }) {
  await page.locator(".entries > li").first().waitFor();
}

/** The session has ended while the shopper was away. */
export async function outliveSession({ page, link }) {
  return openAsGuest(page, link);
}

async function openAsGuest(page, link) {
  await account(page).getByRole("link", { name: link, exact: true }).click();
  await heading(page, "Sign in");
  await page.getByRole("banner").getByRole("link", { name: "Sign in" }).waitFor();
  const told = page.getByText("You were away for a while");
  await told.first().waitFor();
  return { entries: await page.locator(".entries").count(), told: await told.count(), findings: await findings(page) };
}

/** The first request of a browser fails. Later, the shop is online. */
export async function startInVain({ page, url }) {
  await page.route("**/graphql*", (route) => route.abort());
  await page.goto(url);
  await page.locator("h1").first().waitFor();
  const stored = await page.evaluate(() => localStorage.getItem("shop.market"));
  await page.unroute("**/graphql*");
  await page.evaluate(() => window.dispatchEvent(new Event("online")));
  await page.locator("html[lang=de-DE]").waitFor({ state: "attached" });
  await page.getByRole("link", { name: "Warenkorb" }).waitFor();
  await page.getByRole("article").first().waitFor();
  return { stored, troubles: await page.locator(".trouble").count() };
}

/** The browser lets no page store anything. */
export async function blockStorage({ context }) {
  await context.addInitScript(() => {
    for (const name of ["localStorage", "sessionStorage"]) {
      Object.defineProperty(window, name, {
        get() {
          throw new DOMException("Access is denied.", "SecurityError");
        },
      });
    }
  });
}

/** The frame around every page is broken: the footer cannot name the languages. */
export async function breakFrame({ context, page, url }) {
  await context.addInitScript(() => {
    Intl.DisplayNames = class {
      constructor() {
        throw new Error("A defect.");
      }
    };
  });
  await page.goto(url);
  await heading(page, "Something went wrong");
  return page.getByRole("button", { name: "Reload" }).count();
}

/** Part of the start page cannot be read. */
export async function openHomeInPart({ page, url }) {
  await page.goto(url);
  await heading(page, "Shop by category");
  await page.locator(".trouble").waitFor();
  await page.getByRole("article").first().waitFor();
  return findings(page);
}
