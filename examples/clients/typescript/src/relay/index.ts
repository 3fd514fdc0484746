import { type FetchFunction, Network } from "relay-runtime";
import { type Connection, riverfrontFetch } from "../fetch.js";

export interface RelaySetup extends Connection {
  /** URL of the gateway, with `/graphql`. */
  url: string;
}

/** A network for Relay's environment. It sends the document, or its id if the compiler persists documents. */
export function riverfrontNetwork({ url, ...connection }: RelaySetup) {
  const send = riverfrontFetch(connection);
  const fetchFunction: FetchFunction = async ({ text, id }, variables) => {
    const headers = { Accept: "application/graphql-response+json", "Content-Type": "application/json" };
    const body = JSON.stringify(text ? { query: text, variables } : { documentId: id, variables });
    return (await send(url, { method: "POST", headers, body })).json();
  };
  return Network.create(fetchFunction);
}
