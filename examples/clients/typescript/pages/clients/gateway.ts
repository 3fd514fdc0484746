import type { Document, Session } from "riverfront-client";
import * as documents from "../../src/generated/strings/graphql.js";
import { connect as setUp } from "../setup/gateway.js";
import { type Ask, type Shop, shopOf } from "../shop.js";

export function connect(url: string, session: Session): Shop {
  const gateway = setUp(url, session);
  const send: Ask = <R, V>(document: object, variables: V) =>
    gateway.ask(document as Document<R, Record<string, unknown>>, variables as Record<string, unknown>);
  return shopOf(documents, { query: send, mutate: send });
}
