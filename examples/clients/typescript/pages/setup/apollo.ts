import { ApolloClient } from "@apollo/client";
import type { Session } from "riverfront-client";
import { riverfrontApollo } from "riverfront-client/apollo";

export function connect(url: string, session: Session) {
  return new ApolloClient(riverfrontApollo({ url, client: "my-shop", session }));
}
