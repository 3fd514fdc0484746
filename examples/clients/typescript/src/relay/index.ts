import { type FetchFunction, type GraphQLResponse, Network } from "relay-runtime";
import { answerOf } from "../answer.js";
import { AnswerHasErrors } from "../errors.js";
import { type Connection, riverfrontFetch } from "../fetch.js";

export interface RelaySetup extends Connection {
  /** URL of the gateway, with `/graphql`. */
  url: string;
}

/**
 * A network for Relay's environment. It sends the document, or its id if the compiler persists documents.
 *
 * Relay shows a field that has an error as null. An answer of which nothing is left rejects with `AnswerHasErrors`:
 * otherwise an ended session would look like an order that was never sent.
 */
export function riverfrontNetwork({ url, ...connection }: RelaySetup) {
  const send = riverfrontFetch(connection);
  const fetchFunction: FetchFunction = async ({ text, id }, variables) => {
    const headers = { Accept: "application/graphql-response+json", "Content-Type": "application/json" };
    const body = JSON.stringify(text ? { query: text, variables } : { documentId: id, variables });
    const answer = await answerOf<Record<string, unknown>>(await send(url, { method: "POST", headers, body }));
    const isEmpty = Object.values(answer.data ?? {}).every((value) => value === null);
    if (answer.errors?.length && isEmpty) throw new AnswerHasErrors(answer.errors, answer.data);
    return answer as GraphQLResponse;
  };
  return Network.create(fetchFunction);
}
