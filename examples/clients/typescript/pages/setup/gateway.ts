import { Gateway, type Session } from "riverfront-client";

export function connect(url: string, session: Session) {
  return new Gateway(url, { client: "my-shop", session });
}
