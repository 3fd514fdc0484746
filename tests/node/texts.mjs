// Prints the texts of scripts by language, as JSON. Arguments: the file that defines `addTexts`, then files that call it.
import { readFileSync } from "node:fs";
import { createContext, runInContext } from "node:vm";

const [definitions, ...files] = process.argv.slice(2);
const context = createContext({});
runInContext(readFileSync(definitions, "utf8"), context);
for (const file of files) {
  // Only the calls are run: the rest of a script needs a browser.
  for (const [call] of readFileSync(file, "utf8").matchAll(/^addTexts\(.*?^\}\);$/gms)) runInContext(call, context);
}
console.log(runInContext("JSON.stringify(TEXTS)", context));
