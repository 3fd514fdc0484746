import { expect, test } from "vitest";
import { partsOf, type ReadNode } from "./merchant-html";

const text = (textContent: string): ReadNode => ({ nodeType: 3, nodeName: "#text", textContent, childNodes: [] });
const element = (nodeName: string, ...childNodes: ReadNode[]): ReadNode => ({ nodeType: 1, nodeName, textContent: null, childNodes });

test("known elements stay, and unknown ones leave their content", () => {
  expect(partsOf([element("P", text("Light "), element("FONT", element("B", text("and dry"))))])).toEqual([
    { tag: "p", parts: ["Light ", { tag: "b", parts: ["and dry"] }] },
  ]);
});

test("a heading is below the heading of the page", () => {
  expect(partsOf([element("H1", text("Care"))])).toEqual([{ tag: "h3", parts: ["Care"] }]);
});

test("scripts, styles, comments and vector graphics leave nothing", () => {
  const comment = { nodeType: 8, nodeName: "#comment", textContent: "x", childNodes: [] };
  const nodes = ["SCRIPT", "STYLE", "svg", "TEMPLATE"].map((name) => element(name, text("x")));
  expect(partsOf([...nodes, comment])).toEqual([]);
});
