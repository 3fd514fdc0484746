// Relay's compiler over the operations, each definition in a module of its own as Relay wants it. Prints what the
// compiler says, and fails where it does. Arguments: the SDL, an empty folder to work in, the files of the operations.
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse, print } from "graphql";
import relay from "relay-compiler";

const [sdl, folder, ...operations] = process.argv.slice(2);
copyFileSync(sdl, join(folder, "schema.graphql"));
mkdirSync(join(folder, "src"));
mkdirSync(join(folder, "compiled"));
for (const file of operations) {
  for (const definition of parse(readFileSync(file, "utf8")).definitions) {
    writeFileSync(join(folder, "src", `${definition.name.value}.ts`), `graphql\`\n${print(definition)}\n\`;\n`);
  }
}
const config = { src: "./src", schema: "./schema.graphql", language: "typescript", artifactDirectory: "./compiled" };
writeFileSync(join(folder, "relay.config.json"), JSON.stringify(config));
const { status } = spawnSync(relay, ["relay.config.json"], { cwd: folder, stdio: ["ignore", "inherit", "inherit"] });
process.exit(status ?? 1);
