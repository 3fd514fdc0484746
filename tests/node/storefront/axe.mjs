// What is wrong with a page, a line for each kind: what axe-core finds serious or critical, and what does not fit.
import { readFile } from "node:fs/promises";

const source = readFile(new URL("../node_modules/axe-core/axe.min.js", import.meta.url), "utf8");

export async function findings(page) {
  await page.evaluate(await source);
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  const path = new URL(page.url()).pathname;
  const serious = violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${path}: ${id}: ${nodes.map(({ html }) => html).join(" ")}`);
  return [...serious, ...(await page.evaluate(misfits)).map((misfit) => `${path}: ${misfit}`)];
}

/** A page that is wider than the window, words that are wider than their box, and ids that are not unique. */
function misfits() {
  const root = document.documentElement;
  const excess = root.scrollWidth - root.clientWidth;
  const boxes = [...document.querySelectorAll(".button, .tag, h1, h2, h3, label, legend, dt, dd")];
  const cut = boxes.filter((box) => box.clientWidth > 1 && box.scrollWidth > box.clientWidth + 1);
  const ids = [...document.querySelectorAll("[id]")].map(({ id }) => id);
  const repeated = ids.filter((id, index) => ids.indexOf(id) !== index).map((id) => `id repeated: ${id}`);
  return [...repeated, ...(excess > 0 ? [`${excess} pixels wider than the window`] : []), ...cut.map((box) => `cut: ${box.textContent}`)];
}
