import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { securityHeaders } from "./hosting/headers.ts";

// The storefront and the graph have one origin: /graphql is passed on to the gateway, as a web server does in production.
const gateway = process.env["GATEWAY_URL"] ?? "http://127.0.0.1:8000";
const proxy = { "/graphql": gateway };
const port = Number(process.env["STOREFRONT_PORT"] ?? 5173);

export default defineConfig({
  plugins: [react()],
  server: { port, proxy },
  preview: { port, strictPort: true, proxy, headers: securityHeaders(process.env["DIGITAL_RIVER_ORIGINS"]) },
  build: { target: "es2022", manifest: true, assetsInlineLimit: 0, modulePreload: { polyfill: false } },
});
