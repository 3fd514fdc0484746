import type { ApolloClient, OperationVariables, TypedDocumentNode } from "@apollo/client";
import type { Session } from "riverfront-client";
import * as documents from "../../generated/documents/graphql.js";
import { connect as setUp } from "../setup/apollo.js";
import { type Ask, type Shop, shopOf } from "../shop.js";

export function connect(url: string, session: Session): Shop {
  return shopWith(setUp(url, session));
}

export function shopWith(client: ApolloClient): Shop {
  const query: Ask = async <R, V>(document: object, variables: V) => {
    const typed = document as TypedDocumentNode<R, OperationVariables>;
    // The outcome of an order changes without a mutation, so it is never read from the cache.
    const options = { variables: variables as OperationVariables, fetchPolicy: "network-only" } as const;
    const { data } = await client.query({ query: typed, ...options });
    return data as R;
  };
  const mutate: Ask = async <R, V>(document: object, variables: V) => {
    const typed = document as TypedDocumentNode<R, OperationVariables>;
    const { data } = await client.mutate({ mutation: typed, variables: variables as OperationVariables });
    return data as R;
  };
  return shopOf(documents, { query, mutate });
}
