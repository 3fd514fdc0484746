// Finds names in browser scripts that do not exist. Argument: a JSON file with scripts by name. Prints the faults.
import { readFileSync } from "node:fs";
import { Linter } from "eslint";

const BROWSER = [
  ...["AbortSignal", "CSS", "CSSStyleSheet", "DOMParser", "HTMLElement", "Option", "ResizeObserver", "URL"],
  ...["URLSearchParams", "btoa", "clearInterval", "clearTimeout", "console", "crypto", "document", "fetch"],
  ...["getComputedStyle", "location", "navigator", "parent", "queueMicrotask", "screen", "setInterval", "setTimeout"],
  ...["window"],
  // What a frame of a field shows its neighbors.
  "digitalRiverField",
];

const scripts = JSON.parse(readFileSync(process.argv[2], "utf8"));
const faults = Object.entries(scripts).flatMap(([name, { script, isWhole }]) =>
  new Linter()
    .verify(script, {
      languageOptions: {
        ecmaVersion: 2024,
        sourceType: "script",
        globals: Object.fromEntries(BROWSER.map((known) => [known, "readonly"])),
      },
      rules: {
        "no-undef": "error",
        "no-dupe-keys": "error",
        "no-unused-vars": [isWhole ? "error" : "off", { args: "none", ignoreRestSiblings: true }],
      },
    })
    .map(({ line, message }) => `${name}: ${message} ${script.split("\n")[line - 1]}`),
);
console.log(JSON.stringify(faults));
