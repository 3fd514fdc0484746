import { cacheExchange, Client, fetchExchange } from "@urql/core";
import { riverfrontFetch, type Session } from "riverfront-client";
import { riverfrontExchange } from "riverfront-client/urql";

export function connect(url: string, session: Session) {
  return new Client({
    url,
    fetch: riverfrontFetch({ client: "my-shop", session }),
    preferGetMethod: false,
    exchanges: [riverfrontExchange, cacheExchange, fetchExchange],
  });
}
