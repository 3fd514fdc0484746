import { exec } from "node:child_process";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";
import { securityHeaders } from "./hosting/headers.ts";

// The storefront and the graph have one origin: /graphql is passed on to the gateway, as a web server does in production.
const gateway = process.env["GATEWAY_URL"] ?? "http://127.0.0.1:8000";
const proxy = { "/graphql": gateway };
const port = process.env["STOREFRONT_PORT"];

/** During `npm run dev`: writes the modules of the operations anew when an operation has changed. The page then reloads itself. */
const operations: Plugin = {
  name: "operations",
  apply: "serve",
  configureServer({ watcher, config: { logger } }) {
    const generate = (path: string) => {
      if (!path.endsWith(".graphql")) return;
      exec("npm run --silent generate", (error, out, problems) => {
        if (error) logger.error(out + problems);
      });
    };
    watcher.on("add", generate).on("change", generate).on("unlink", generate);
  },
};

export default defineConfig({
  plugins: [react(), operations],
  // `make run` serves the built shop at the other port. A third one would be searched for in vain.
  server: { port: Number(port ?? 5174), strictPort: true, proxy },
  preview: { port: Number(port ?? 5173), strictPort: true, proxy, headers: securityHeaders(process.env["DIGITAL_RIVER_ORIGINS"]) },
  build: { target: "es2022", manifest: true, assetsInlineLimit: 0, modulePreload: { polyfill: false } },
});
