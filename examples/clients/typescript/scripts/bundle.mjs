// Bundles the pages, and the check that needs Relay's documents. With --serve, serves the pages as well.
import { copyFile, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { context } from "esbuild";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const target = join(root, "dist", "site", "generated");

/** Puts the documents that Relay's compiler has written in place of the tags, as Relay's plugins do in other bundlers. */
const relay = {
  name: "relay",
  setup(build) {
    build.onLoad({ filter: /pages[/\\]clients[/\\]relay\.ts$/ }, async ({ path }) => {
      const imports = [];
      const code = (await readFile(path, "utf8")).replace(/graphql`\s*(?:query|mutation) (\w+)[^`]*`/g, (_, name) => {
        imports.push(`import ${name}Document from "../generated/${name}.graphql.ts";`);
        return `${name}Document`;
      });
      return { contents: `${imports.join("\n")}\n${code}`, loader: "ts" };
    });
  },
};

const bundle = await context({
  absWorkingDir: root,
  entryPoints: [
    { in: "pages/main.ts", out: "main" },
    { in: "pages/tutorial/main.ts", out: "tutorial/main" },
    { in: "checks/errors.ts", out: "errors" },
    { in: "checks/first-product.ts", out: "first-product" },
  ],
  outdir: target,
  bundle: true,
  splitting: true,
  format: "esm",
  target: "es2022",
  plugins: [relay],
  define: { "process.env.NODE_ENV": '"development"' },
  logLevel: "warning",
});
await bundle.rebuild();
for (const page of ["index.html", "tutorial/index.html"]) await copyFile(join(root, "pages", page), join(target, page));
if (process.argv.includes("--serve")) {
  const { port } = await bundle.serve({ servedir: target, host: "localhost", port: Number(process.env.PAGE_PORT ?? 5173) });
  console.log(`The page: http://localhost:${port}/?client=apollo&session=cookie`);
} else {
  await bundle.dispose();
}
