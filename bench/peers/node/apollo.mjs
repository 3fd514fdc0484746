// Apollo Server, standalone.
import { ApolloServer } from "@apollo/server";
import { startStandaloneServer } from "@apollo/server/standalone";
import { contextOf, port, resolvers, typeDefs } from "./shop.mjs";

const server = new ApolloServer({ typeDefs, resolvers, csrfPrevention: false });
await startStandaloneServer(server, {
  listen: { host: "127.0.0.1", port },
  context: async ({ req }) => contextOf(req.headers.authorization),
});
