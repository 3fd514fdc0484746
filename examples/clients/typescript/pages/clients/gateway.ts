import type { Document, Gateway, Session } from "riverfront-client";
import * as documents from "../../generated/strings/graphql.js";
import { connect as setUp } from "../setup/gateway.js";
import { type Ask, type Shop, shopOf } from "../shop.js";

export function connect(url: string, session: Session): Shop {
  return shopOfGateway(setUp(url, session));
}

export function shopOfGateway(gateway: Gateway): Shop {
  const send: Ask = <R, V>(document: object, variables: V) =>
    gateway.ask(document as Document<R, Record<string, unknown>>, variables as Record<string, unknown>);
  return shopOf(documents, { query: send, mutate: send });
}
