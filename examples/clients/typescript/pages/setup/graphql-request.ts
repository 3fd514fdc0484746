import { GraphQLClient } from "graphql-request";
import { riverfrontFetch, type Session } from "riverfront-client";

export function connect(url: string, session: Session) {
  return new GraphQLClient(url, { fetch: riverfrontFetch({ client: "my-shop", session }) });
}
