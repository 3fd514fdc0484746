import type { TypedDocumentNode } from "@graphql-typed-document-node/core";
import type { Session } from "riverfront-client";
import * as documents from "../../generated/documents/graphql.js";
import { connect as setUp } from "../setup/graphql-request.js";
import { type Ask, type Shop, shopOf } from "../shop.js";

export function connect(url: string, session: Session): Shop {
  const client = setUp(url, session);
  const send: Ask = <R, V>(document: object, variables: V) =>
    client.request<R, object>(document as TypedDocumentNode<R, object>, variables as object);
  return shopOf(documents, { query: send, mutate: send });
}
