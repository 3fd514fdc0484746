// Scenarios of shoppers who look around and fill a cart.
import { findings } from "./axe.mjs";

const categories = (page) => page.getByRole("navigation", { name: "Categories" }).getByRole("link");
const names = (page) => page.getByRole("article").getByRole("heading").allInnerTexts();
/** The sum of all jumps of the page's layout that no action of the shopper caused. 0.1 is what a shopper hardly notices. */
async function jumps(page) {
  return page.evaluate(
    () =>
      new Promise((resolve) => {
        let sum = 0;
        new PerformanceObserver((list, observer) => {
          for (const { value, hadRecentInput } of list.getEntries()) if (!hadRecentInput) sum += value;
          observer.disconnect();
          resolve(sum);
        }).observe({ type: "layout-shift", buffered: true });
        // Without a jump, the observer is never called.
        requestAnimationFrame(() => requestAnimationFrame(() => resolve(sum)));
      }),
  );
}

const title = (page, name) => page.getByRole("heading", { level: 1, name, exact: true }).waitFor();

export async function openHome({ page, url }) {
  const response = await page.goto(url);
  await title(page, "Out of the door, onto the trail");
  await page.getByRole("article").first().waitFor();
  return {
    title: await page.title(),
    policy: response.headers()["content-security-policy"],
    categories: await categories(page).allInnerTexts(),
    jumps: await jumps(page),
    findings: await findings(page),
  };
}

/** The graph does not answer yet. Then it does, and without words in the language of the shopper. */
export async function openSlowly({ page, url }) {
  let answer;
  const isAnswering = new Promise((resolve) => (answer = resolve));
  await page.route("**/graphql?*", async (route) => {
    await isAnswering;
    await route.continue();
  });
  await page.goto(url);
  await page.locator(".starting img").waitFor();
  const words = [];
  await page.route("**/assets/de-*.js", (route) => {
    words.push(route.request().url());
    return route.abort();
  });
  answer();
  await title(page, "Out of the door, onto the trail");
  return words.length;
}

export async function jumpsOf({ page, url, path }) {
  await page.goto(`${url}${path}`);
  await page.locator("h1").waitFor();
  await page.waitForLoadState("networkidle");
  return jumps(page);
}

/** By how many pixels a page is wider than the window. */
export async function tooWide({ page, url, path }) {
  await page.goto(`${url}${path}`);
  await page.locator("h1").waitFor();
  await page.waitForLoadState("networkidle");
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}

/** The filters of a list in a window that becomes wide, and the current category in one that is too narrow for all. */
export async function turn({ page, url }) {
  await page.goto(url);
  await page.locator(".navigation a").last().click();
  await page.locator(".navigation [aria-current]").waitFor();
  await page.waitForFunction(() => document.querySelector(".navigation ul").scrollLeft > 0);
  const { left, right } = await page.locator(".navigation [aria-current]").evaluate((link) => link.getBoundingClientRect());
  const filter = page.getByLabel("Nur lieferbare");
  const narrow = await filter.isVisible();
  await page.setViewportSize({ width: 1280, height: 844 });
  await filter.waitFor();
  return { isCurrentInView: left >= 0 && right <= 390, narrow };
}

const focusedName = (page) => page.evaluate(() => document.activeElement.getAttribute("name"));

export async function sortAndFilter({ page }) {
  await categories(page).filter({ hasText: "Camp and trail" }).click();
  await title(page, "Camp and trail");
  await page.getByLabel("Sort by").selectOption({ label: "Price, low to high" });
  await page.getByRole("status").filter({ hasText: "products" }).waitFor();
  const sorted = page.getByRole("article").first().filter({ hasText: "First Edition Field Notes" });
  await sorted.waitFor();
  // By keyboard: the focus stays where it is.
  await page.getByLabel("In stock only").focus();
  await page.keyboard.press("Space");
  await sorted.waitFor({ state: "detached" });
  const focused = [await focusedName(page)];
  await page.getByRole("textbox", { name: "to", exact: true }).fill("60");
  await page.keyboard.press("Enter");
  const dear = page.getByRole("article").filter({ hasText: "Pine Camp Stove" });
  await dear.waitFor({ state: "detached" });
  focused.push(await focusedName(page));
  const shown = { focused, names: await names(page), findings: await findings(page) };
  await page.reload();
  await page.getByRole("article").first().waitFor();
  shown.reloaded = await names(page);
  await page.goBack();
  await dear.waitFor();
  shown.filtersAfterBack = await page.getByText("Filters (1)").count();
  shown.priceAfterBack = await page.getByRole("textbox", { name: "to", exact: true }).inputValue();
  return shown;
}

/** An order and a filter, before the page has shown the list in that order. Returns the parameters of the address. */
export async function chooseQuickly({ page, url }) {
  await page.goto(url);
  await categories(page).filter({ hasText: "Camp and trail" }).click();
  await title(page, "Camp and trail");
  await page.getByLabel("In stock only").waitFor();
  const isShownBefore = await page.evaluate(async () => {
    const menu = document.querySelector(".sort-menu select");
    Object.getOwnPropertyDescriptor(HTMLSelectElement.prototype, "value").set.call(menu, "NAME_DESCENDING");
    menu.dispatchEvent(new Event("change", { bubbles: true }));
    for (let steps = 0; steps < 1000 && !location.search; steps++) await null;
    const isShown = menu.value === "NAME_DESCENDING" && document.querySelector("[aria-busy=true]") !== null;
    document.querySelector("input[name=in-stock]").click();
    return isShown;
  });
  await page.waitForURL(/in-stock/);
  return { isShownBefore, address: new URL(page.url()).search };
}

export async function searchAndChoose({ page }) {
  await page.getByRole("searchbox").fill("watch");
  await page.getByRole("searchbox").press("Enter");
  await title(page, "Results for “watch”");
  await page.getByRole("link", { name: "Cascade GPS Watch" }).click();
  await title(page, "Cascade GPS Watch");
  const add = page.getByRole("button", { name: "Add to cart", exact: true });
  await add.waitFor();
  const shown = { chosen: await page.getByRole("radio", { checked: true }).evaluate((radio) => radio.parentElement.innerText) };
  await page.getByRole("radio", { name: "Glacier" }).click();
  await page.getByText("Sold out", { exact: true }).waitFor();
  shown.canBuySoldOut = await add.count();
  await page.getByRole("radio", { name: "Graphite" }).click();
  await add.click();
  await page.getByText("Added to your cart").waitFor();
  shown.findings = await findings(page);
  return shown;
}

export async function changeCart({ page, context, url }) {
  const other = await context.newPage();
  await other.goto(`${url}/cart`);
  await other.getByText("Cascade GPS Watch - Graphite").waitFor();
  await page.getByRole("link", { name: /1 item in the cart/ }).click();
  await title(page, "Your cart");
  const more = page.getByRole("button", { name: "One more" });
  await more.click();
  await more.click();
  await page.getByText("$747.00").first().waitFor();
  await page.getByLabel("Discount code").fill("WRONG");
  await page.getByRole("button", { name: "Apply" }).click();
  const refusal = page.getByRole("alert").filter({ hasText: /\w/ });
  const shown = { refusal: await refusal.innerText() };
  await page.getByLabel("Discount code").fill("SPRING20");
  await page.getByRole("button", { name: "Apply" }).click();
  await page.getByText("SPRING20").waitFor();
  await other.getByRole("link", { name: /3 items in the cart/ }).waitFor();
  shown.findings = await findings(page);
  await page.getByRole("button", { name: "Remove Cascade GPS Watch - Graphite" }).click();
  await page.getByText("was removed.").waitFor();
  await page.reload();
  await page.getByText("Your cart is empty.").waitFor();
  await other.getByText("Your cart is empty.").waitFor();
  await other.close();
  return shown;
}

/** Two lines are changed, and then removed, faster than the gateway answers. */
export async function changeTwoLines({ page, url }) {
  for (const product of ["5401230100", "5401230200"]) {
    await page.goto(`${url}/product/${product}`);
    await page.getByRole("button", { name: "Add to cart", exact: true }).click();
    await page.getByText("Added to your cart").waitFor();
  }
  await page.goto(`${url}/cart`);
  const clickAll = (name) => page.getByRole("button", { name }).evaluateAll((buttons) => buttons.forEach((each) => each.click()));
  await page.getByRole("button", { name: "One more" }).nth(1).waitFor();
  await clickAll("One more");
  await page.getByRole("link", { name: /4 items in the cart/ }).waitFor();
  const quantities = await page.getByRole("textbox", { name: "Quantity" }).evaluateAll((inputs) => inputs.map(({ value }) => value));
  await clickAll(/^Remove /);
  await page.getByText("Your cart is empty.").waitFor();
  return quantities;
}

export async function readGerman({ page, url }) {
  await page.goto(`${url}/product/5401230100`);
  await page.getByLabel("Language and currency").selectOption({ label: "Deutsch (Deutschland) · EUR" });
  await page.getByRole("button", { name: "In den Warenkorb", exact: true }).click();
  await page.getByText("Im Warenkorb", { exact: true }).waitFor();
  await page.reload();
  await page.getByRole("button", { name: "In den Warenkorb", exact: true }).waitFor();
  return {
    language: await page.locator("html").getAttribute("lang"),
    title: await page.title(),
    price: await page.locator(".product-price").innerText(),
    cart: await page.getByRole("link", { name: "1 Artikel" }).count(),
  };
}

/** The text that has the focus after each of these links and searches, with pages that were read before. */
export async function walk({ page, url }) {
  const focused = [];
  const see = async (name) => {
    await title(page, name);
    await page.waitForFunction((name) => document.activeElement.textContent === name, name);
    focused.push(await page.evaluate(() => document.activeElement.tagName));
  };
  await page.goto(url);
  for (const name of ["Packs", "Electronics", "Packs", "Electronics"]) {
    await categories(page).filter({ hasText: name }).click();
    await see(name);
  }
  for (const words of ["watch", "bottle", "watch"]) {
    await page.getByRole("searchbox").fill(words);
    await page.getByRole("searchbox").press("Enter");
    await see(`Results for “${words}”`);
  }
  // A choice in a page that was reloaded keeps the focus.
  await page.reload();
  await page.getByLabel("In stock only").focus();
  await page.keyboard.press("Space");
  await page.getByText("Filters (1)").waitFor();
  focused.push(await focusedName(page));
  return focused;
}

/** What a small screen shows of the form of an address, before and after the rare fields are unfolded. */
export async function openAddressForm({ page, url }) {
  await page.goto(`${url}/product/5401230100`);
  await page.getByRole("button", { name: "Add to cart", exact: true }).click();
  await page.getByText("Added to your cart").waitFor();
  await page.goto(`${url}/checkout`);
  await page.locator("[name=line1]").waitFor();
  const shown = () => page.locator("[data-step=address] .address-fields [name]").evaluateAll(
    (fields) => fields.filter((field) => field.checkVisibility({ contentVisibilityAuto: true })).map(({ name }) => name));
  const folded = await shown();
  await page.locator("[data-step=address] summary").click();
  return { folded, unfolded: await shown(), findings: await findings(page) };
}

/** The checkout of a browser without a session. */
export async function openEmptyCheckout({ page, url }) {
  await page.goto(`${url}/checkout`);
  await page.locator("[data-stage=empty]").waitFor();
  await page.waitForLoadState("networkidle");
}

export async function openNothing({ page, url }) {
  await page.goto(`${url}/no/such/page`);
  await title(page, "There is nothing here");
  const widths = await page.locator(".trouble, .trouble .button").evaluateAll((all) => all.map((each) => each.clientWidth));
  if (widths[1] > widths[0] / 2) throw new Error(`The button is ${widths[1]} pixels wide.`);
  await page.goto(`${url}/product/1`);
  await title(page, "There is nothing here");
  return findings(page);
}

/** The title of a page is there already when the graph cannot be reached. */
export async function searchInVain({ page, url }) {
  await page.route("**/graphql?*", (route) => route.abort());
  await page.goto(`${url}/search?q=watch`);
  await page.getByRole("heading", { name: "No connection" }).waitFor();
  return { titles: await page.locator("h1").allInnerTexts(), findings: await findings(page) };
}

export async function loseConnection({ page, context, url }) {
  await page.goto(`${url}/product/5401230600`);
  await page.getByRole("button", { name: "Add to cart", exact: true }).waitFor();
  await context.setOffline(true);
  await page.getByText("You are offline.").waitFor();
  await page.getByRole("button", { name: "Add to cart", exact: true }).click();
  const problem = await page.getByRole("alert").filter({ hasText: "cannot reach" }).innerText();
  await context.setOffline(false);
  await page.getByRole("button", { name: "Add to cart", exact: true }).click();
  await page.getByText("Added to your cart").waitFor();
  return { problem, cart: await page.getByRole("link", { name: /1 item in the cart/ }).count() };
}

/** Two clicks on "Show more" before the page is there, and a sort order that is chosen on the way of the next one. */
export async function showMore({ page, url }) {
  let hold = Promise.resolve();
  await page.route(/operationName=ProductList/, async (route) => {
    await hold;
    return route.fallback();
  });
  const arrivals = () => {
    let arrive;
    hold = new Promise((resolve) => (arrive = resolve));
    return arrive;
  };
  const names = page.locator(".product-grid > li");
  const button = page.getByRole("button", { name: "Show more" });
  await page.goto(`${url}/products`);
  await button.waitFor();
  const first = await names.count();
  const arrive = arrivals();
  await button.evaluate((element) => [element.click(), element.click()]);
  arrive();
  await names.nth(first).waitFor();
  const all = new Set(await names.allInnerTexts()).size;
  await page.goto(`${url}/products`);
  await button.waitFor();
  const release = arrivals();
  await button.click();
  await page.getByLabel("Sort by").selectOption("NAME_DESCENDING");
  release();
  await page.locator(".product-list-more[aria-disabled=false]").waitFor();
  await page.locator("[aria-busy=true]").waitFor({ state: "detached" });
  return { first, all, sort: new URL(page.url()).searchParams.get("sort") };
}
