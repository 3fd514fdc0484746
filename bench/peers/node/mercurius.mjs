// Mercurius on Fastify. JIT=1 compiles each query with graphql-jit when it is sent for the first time.
import Fastify from "fastify";
import mercurius from "mercurius";
import { contextOf, port, resolvers, typeDefs } from "./shop.mjs";

const server = Fastify();
await server.register(mercurius, {
  schema: typeDefs,
  resolvers,
  jit: Number(process.env.JIT ?? 0),
  context: ({ headers }) => contextOf(headers.authorization),
});
await server.listen({ host: "127.0.0.1", port });
