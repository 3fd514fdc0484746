import type { AnyVariables, Client, TypedDocumentNode } from "@urql/core";
import type { Session } from "riverfront-client";
import * as documents from "../../generated/documents/graphql.js";
import { connect as setUp } from "../setup/urql.js";
import { type Ask, type Shop, shopOf } from "../shop.js";

export function connect(url: string, session: Session): Shop {
  return shopWith(setUp(url, session));
}

export function shopWith(client: Client): Shop {
  const query: Ask = async <R, V>(document: object, variables: V) => {
    const typed = document as TypedDocumentNode<R, AnyVariables>;
    // The outcome of an order changes without a mutation, so it is never read from the cache.
    const { data, error } = await client.query(typed, variables as AnyVariables, { requestPolicy: "network-only" });
    if (error) throw error;
    return data as R;
  };
  const mutate: Ask = async <R, V>(document: object, variables: V) => {
    const { data, error } = await client.mutation(document as TypedDocumentNode<R, AnyVariables>, variables as AnyVariables);
    if (error) throw error;
    return data as R;
  };
  return shopOf(documents, { query, mutate });
}
