// Scenarios of shoppers who look around.

export async function openHome({ page, url }) {
  await page.goto(url);
  await page.getByRole("heading", { level: 1, name: "Out of the door" }).waitFor();
  await page.getByRole("article").first().waitFor();
  return { title: await page.title(), categories: await page.getByRole("navigation", { name: "Categories" }).getByRole("link").allInnerTexts() };
}
