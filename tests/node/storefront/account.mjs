// Scenarios of shoppers with an account, and of guests who look for their order.
import { findings } from "./axe.mjs";

const title = (page, name) => page.getByRole("heading", { level: 1, name, exact: true }).waitFor();
const problem = (page) => page.getByRole("alert").filter({ hasText: /\w/ }).innerText();

async function fillIn(page, values) {
  for (const [label, value] of Object.entries(values)) await page.getByLabel(label, { exact: true }).fill(value);
}

/** A guest with a product opens a page of the account, and signs in at the second try. */
export async function signIn({ page, url, username, password }) {
  await page.goto(`${url}/product/5401230200`);
  await page.getByRole("button", { name: "Add to cart", exact: true }).click();
  await page.getByText("Added to your cart").waitFor();
  await page.goto(`${url}/account/orders`);
  await title(page, "Sign in");
  await page.getByText("Forgotten your password?").getByRole("link", { name: /@/ }).waitFor();
  await fillIn(page, { Email: username, Password: "wrong" });
  await page.getByRole("button", { name: "Sign in" }).click();
  const refusal = await problem(page);
  const found = await findings(page);
  await fillIn(page, { Password: password });
  await page.getByRole("button", { name: "Sign in" }).click();
  await title(page, "Your orders");
  await page.getByRole("link", { name: /1 item in the cart/ }).waitFor();
  return { refusal, findings: found };
}

/** The form of a new account, and what the field of the password says before anything is typed. */
export async function passwordRule({ page, url }) {
  await page.goto(`${url}/register`);
  await title(page, "Create an account");
  const id = await page.getByLabel("Password", { exact: true }).getAttribute("aria-describedby");
  return { rule: await page.locator(`[id="${id}"]`).innerText(), findings: await findings(page) };
}

export async function readOrder({ page }) {
  const orders = page.getByRole("link", { name: /^Order \d/ });
  await orders.first().waitFor();
  const count = await orders.count();
  const found = await findings(page);
  await orders.first().click();
  await page.getByText("Total", { exact: true }).waitFor();
  await page.reload();
  await page.getByText("Total", { exact: true }).waitFor();
  const refunds = await page.getByText("We have refunded").count();
  const order = { count, refunds, name: await page.getByRole("heading", { level: 1 }).innerText(), findings: [...found, ...(await findings(page))] };
  await page.locator("main").getByRole("link", { name: "Your orders" }).click();
  await title(page, "Your orders");
  return order;
}

export async function changeAccount({ page }) {
  const found = [];
  const open = async (name) => {
    await page.getByRole("navigation", { name: "Account" }).getByRole("link", { name, exact: true }).click();
    await title(page, name);
    await page.getByRole("listitem").filter({ hasText: /\w/ }).first().waitFor();
  };
  await open("Profile");
  await fillIn(page, { "First name": "Alexandra" });
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Saved.").waitFor();
  await page.getByRole("link", { name: "Alexandra" }).waitFor();
  found.push(...(await findings(page)));
  await open("Addresses");
  await page.getByRole("button", { name: "Edit Home" }).click();
  await page.locator("[name=nickname]:focus").waitFor();
  await page.getByLabel("Street and number").fill("11 Bren Road West");
  const postalCode = page.locator("[name=postalCode]");
  const before = await postalCode.inputValue();
  await postalCode.fill("5534");
  found.push(...(await findings(page)));
  await page.getByRole("button", { name: "Save" }).click();
  await page.locator("[name=postalCode]:focus").waitFor();
  await postalCode.fill(before);
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("11 Bren Road West").waitFor();
  await page.locator("button:focus").filter({ hasText: "Edit Home" }).waitFor();
  await page.getByRole("button", { name: "Delete Work" }).click();
  await page.getByText("Delete Work?").waitFor();
  await page.getByRole("button", { name: "Yes, delete" }).click();
  await page.getByText("Riverfront Demo Outfitters").waitFor({ state: "detached" });
  found.push(...(await findings(page)));
  await open("Cards");
  await page.getByRole("button", { name: /^Use by default MasterCard/ }).click();
  await page.getByRole("button", { name: /^Use by default Visa/ }).waitFor();
  found.push(...(await findings(page)));
  found.push(...(await deleteOneCard(page)));
  await open("Subscriptions");
  await page.locator("main").getByRole("link", { name: "See all products" }).waitFor();
  found.push(...(await findings(page)));
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("link", { name: "Sign in" }).waitFor();
  return found;
}

/** A card is deleted only after a second click. */
async function deleteOneCard(page) {
  const cards = page.locator(".entries > li");
  const before = await cards.count();
  const card = cards.last();
  await card.getByRole("button", { name: "Delete" }).click();
  await card.getByRole("button", { name: "No", exact: true }).click();
  await page.locator("button:focus").filter({ hasText: "Delete" }).waitFor();
  await card.getByRole("button", { name: "Delete" }).click();
  const found = await findings(page);
  await card.getByRole("button", { name: "Yes, delete" }).click();
  await cards.nth(before - 1).waitFor({ state: "detached" });
  return found;
}

export async function findOrder({ page, url, number, password }) {
  await page.goto(`${url}/find-order`);
  await fillIn(page, { "Order number": number, "Password of the order": "wrong-one" });
  await page.getByRole("button", { name: "Find an order" }).click();
  const refusal = await problem(page);
  await fillIn(page, { "Password of the order": password });
  await page.getByRole("button", { name: "Find an order" }).click();
  await title(page, `Order ${number}`);
  return { refusal, findings: await findings(page) };
}

/** Some time later, the shopper goes on where they were. */
export async function comeBack({ page }) {
  await page.reload();
  await page.getByText("You were away for a while").first().waitFor();
  await page.getByRole("link", { name: "Find an order" }).first().waitFor();
  return findings(page);
}
