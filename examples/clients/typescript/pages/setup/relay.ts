import { Environment, RecordSource, Store } from "relay-runtime";
import type { Session } from "riverfront-client";
import { riverfrontNetwork } from "riverfront-client/relay";

export function connect(url: string, session: Session) {
  return new Environment({
    network: riverfrontNetwork({ url, client: "my-shop", session }),
    store: new Store(new RecordSource()),
  });
}
