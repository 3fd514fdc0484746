// Shoppers with an account save cards, and choose which one pays for a subscription.
import { findings } from "./axe.mjs";
import { pay } from "./checkout.mjs";

export {
  acceptSavedAddress,
  addProduct,
  answerBank,
  breakBank,
  notice,
  noticeWith,
  openCheckout,
  order,
  placed,
  repair,
  signIn,
  sources,
} from "./checkout.mjs";

const title = (page, name) => page.getByRole("heading", { level: 1, name, exact: true }).waitFor();
const alerts = (page) => page.locator("main [role=alert]").filter({ hasText: /\w/ });

export async function openAddCard({ page, url }) {
  await page.goto(`${url}/account/cards`);
  await page.getByRole("link", { name: "Add a card" }).click();
  await title(page, "Add a card");
}

/** Types a card, agrees to the storage, and sends it. */
export async function giveCard({ page, card = {} }) {
  const entry = page.locator(".DR-card.DR-creditCard");
  await entry.locator(".DR-consents input").check();
  await pay({ page, card });
}

/** Saves another payment method, which the shopper approves in a window of its provider. */
export async function approveMethod({ page, context, method }) {
  const entry = page.locator(`.DR-card.DR-${method}`);
  await entry.locator(".DR-card-toggle").click();
  await entry.locator(".DR-consents input").check();
  const [provider] = await Promise.all([context.waitForEvent("page"), entry.locator(".DR-pay-button").click()]);
  await provider.locator("button[value=approve]").click();
}

/** Sends a card without the agreement. Returns what the form then says. */
export async function giveCardWithoutAgreement({ page, card = {} }) {
  await pay({ page, card });
  const problem = page.locator(".DR-consents [role=alert], .DR-consents .DR-error-message").filter({ hasText: /\w/ });
  return problem.first().innerText();
}

/** What is wrong with a field of the card. */
export async function fieldProblem({ page }) {
  return page.locator(".DR-creditCard .DR-error-message").filter({ hasText: /\w/ }).first().innerText();
}

/** The names of the saved cards, once the page that lists them says what was saved, and shows so many. */
export async function savedCards({ page, saved, count }) {
  await page.getByText(`Saved: ${saved}`).waitFor();
  await title(page, "Cards");
  const names = page.locator(".entries > li strong");
  await names.nth(count - 1).waitFor();
  return names.allInnerTexts();
}

export async function problem({ page }) {
  await alerts(page).first().waitFor();
  return alerts(page).first().innerText();
}

export async function tryAgain({ page }) {
  await page.getByRole("button", { name: "Try again" }).click();
}

/** What axe-core finds serious. It reads style sheets in a way that the policy of the page refuses on the console. */
export async function audit({ page }) {
  return findings(page);
}

/** Completes the address that the form asks for first. Returns what it has said. */
export async function completeAddress({ page, values }) {
  const notice = await page.locator("main .notice").first().innerText();
  await page.locator("select[name=countryCode]").selectOption("US");
  await page.locator("select[name=countrySubdivision]").waitFor();
  await page.locator("select[name=countrySubdivision]").selectOption("MN");
  for (const [name, value] of Object.entries(values)) await page.locator(`form [name=${name}]`).fill(value);
  const phone = page.locator("form [name=phoneNumber]");
  const isNeeded = await phone.evaluate((input) => input.required);
  await phone.fill("952-555-0100");
  await page.getByRole("button", { name: "Save" }).click();
  await page.locator("[data-card-address]").waitFor();
  return { notice, isNeeded };
}

const subscription = (page) => page.locator("[data-contract-card]").first();

export async function openSubscriptions({ page, url }) {
  await page.goto(`${url}/account/subscriptions`);
  await subscription(page).waitFor();
  return subscription(page).locator("p").first().innerText();
}

/** Opens the list of other cards. Returns it. */
export async function openOtherCards({ page }) {
  await subscription(page).getByRole("button", { name: "Use another card" }).click();
  return subscription(page).getByRole("option").allInnerTexts();
}

export async function moveSubscription({ page }) {
  await subscription(page).getByRole("button", { name: "Save" }).click();
}

/** What the page says once the subscription has moved. */
export async function moved({ page }) {
  const shown = page.locator("[data-contract-card] [role=status]").filter({ hasText: /\w/ });
  await shown.waitFor();
  await page.getByText("A change is on its way").waitFor();
  return { message: await shown.innerText(), findings: await findings(page) };
}

export async function notMoved({ page }) {
  await alerts(page).first().waitFor();
  return { message: await subscription(page).innerText(), findings: await findings(page) };
}

export async function openCardForSubscriptions({ page }) {
  await subscription(page).getByRole("link", { name: "Add a card" }).click();
  await title(page, "Add a card");
}

export async function backAtSubscriptions({ page, saved }) {
  await page.getByText(`Saved: ${saved}`).waitFor();
  await title(page, "Subscriptions");
  return openOtherCards({ page });
}

/** Chooses the saved card, for which the bank then asks. */
export async function chooseSavedCard({ page }) {
  await page.locator("[data-step=payment] .button").last().click();
}
