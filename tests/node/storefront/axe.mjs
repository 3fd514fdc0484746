// axe-core over a page: what it finds serious or critical, a line for each kind.
import { readFile } from "node:fs/promises";

const source = readFile(new URL("../node_modules/axe-core/axe.min.js", import.meta.url), "utf8");

export async function findings(page) {
  await page.evaluate(await source);
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  const path = new URL(page.url()).pathname;
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${path}: ${id}: ${nodes.map(({ html }) => html).join(" ")}`);
}
