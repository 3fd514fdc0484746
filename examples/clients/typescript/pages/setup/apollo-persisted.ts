import { ApolloClient } from "@apollo/client";
import { PersistedQueryLink } from "@apollo/client/link/persisted-queries";
import type { Session } from "riverfront-client";
import { riverfrontApollo } from "riverfront-client/apollo";

async function sha256(document: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(document));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function connect(url: string, session: Session) {
  const links = [new PersistedQueryLink({ sha256 })];
  return new ApolloClient(riverfrontApollo({ url, client: "my-shop", session, links }));
}
