// GraphQL Inspector: what the SDL breaks for clients of a released one, and operations that do not fit it.
// Prints a line for each; nothing when clean. Arguments: the released SDL, the SDL, the files of the operations.
import { readFileSync } from "node:fs";
import { CriticalityLevel, diff, validate } from "@graphql-inspector/core";
import { buildSchema, Source } from "graphql";

const [released, current, ...operations] = process.argv.slice(2).map((file) => new Source(readFileSync(file, "utf8"), file));
const graph = buildSchema(current);

for (const { criticality, message } of await diff(buildSchema(released), graph)) {
  if (criticality.level === CriticalityLevel.Breaking) console.log(message);
}
for (const { source, errors, deprecated } of validate(graph, operations)) {
  for (const { message } of [...errors, ...deprecated]) console.log(`${source.name}: ${message}`);
}
