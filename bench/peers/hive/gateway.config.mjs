// Hive Gateway, with graphql-jit, over a supergraph that `../upstream_shape.py` writes.
import { defineConfig } from "@graphql-hive/gateway";

export const gatewayConfig = defineConfig({
  host: "127.0.0.1",
  port: Number(process.env.PORT),
  supergraph: process.env.SUPERGRAPH,
  jit: true,
  graphiql: false,
  landingPage: false,
  logging: false,
});
