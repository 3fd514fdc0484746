// GraphQL Yoga on Node's own server.
import { createServer } from "node:http";
import { createSchema, createYoga } from "graphql-yoga";
import { contextOf, port, resolvers, typeDefs } from "./shop.mjs";

const yoga = createYoga({
  schema: createSchema({ typeDefs, resolvers }),
  context: ({ request }) => contextOf(request.headers.get("authorization")),
  graphiql: false,
  logging: false,
});
createServer(yoga).listen(port, "127.0.0.1");
