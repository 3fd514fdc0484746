import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { build } from "esbuild";

interface Package {
  exports: Record<string, string>;
  peerDependencies: Record<string, string>;
  peerDependenciesMeta: Record<string, { optional: boolean }>;
}

const { exports, peerDependencies, peerDependenciesMeta } = JSON.parse(
  await readFile(new URL("../../package.json", import.meta.url), "utf8"),
) as Package;

const LOADED: Record<string, string[]> = {
  ".": [],
  "./apollo": ["@apollo/client", "graphql", "rxjs"],
  "./codegen": [],
  "./money": [],
  "./relay": ["relay-runtime"],
  "./urql": ["@urql/core", "wonka"],
};

/** Names of the packages that a file imports, also through other files. */
async function packagesOf(file: string): Promise<string[]> {
  const { metafile } = await build({
    entryPoints: [file],
    bundle: true,
    format: "esm",
    packages: "external",
    metafile: true,
    write: false,
  });
  const imports = Object.values(metafile.outputs).flatMap((output) => output.imports.map(({ path }) => path));
  return [...new Set(imports.map((path) => path.split("/").slice(0, path.startsWith("@") ? 2 : 1).join("/")))].sort();
}

test("each part of the package loads the client that it is for, and no other", async () => {
  const loaded: Record<string, string[]> = {};
  for (const [name, file] of Object.entries(exports)) loaded[name] = await packagesOf(file);
  assert.deepEqual(loaded, LOADED);
});

test("every package that a part loads is an optional peer", () => {
  const peers = [...new Set(Object.values(LOADED).flat())].sort();
  assert.deepEqual(Object.keys(peerDependencies).sort(), peers);
  assert.ok(peers.every((name) => peerDependenciesMeta[name]?.optional));
});

test("servers compile it without the types of browsers", () => {
  const options = ["--ignoreConfig", "--noEmit", "--strict", "--target", "es2022", "--lib", "es2023", "--module", "nodenext"];
  execFileSync("npx", ["tsc", ...options, "--types", "node", "checks/types/server.ts"], { stdio: ["ignore", "inherit", "inherit"] });
});

test("the packed file has every part, and nothing but the package", () => {
  const printed = execFileSync("npm", ["pack", "--dry-run", "--json"], { encoding: "utf8" });
  const [{ files }] = JSON.parse(printed) as [{ files: { path: string }[] }];
  const paths = files.map(({ path }) => path);
  for (const file of Object.values(exports)) assert.ok(paths.includes(file.replace("./", "")), file);
  const others = paths.filter((path) => !/^(README\.md|package\.json|dist\/src\/([\w-]+\/)?[\w-]+\.(js|d\.ts))$/.test(path));
  assert.deepEqual(others, []);
});
