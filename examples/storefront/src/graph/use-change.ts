import type { ApolloClient, OperationVariables, TypedDocumentNode } from "@apollo/client";
import { useApolloClient } from "@apollo/client/react";
import { useRef, useState } from "react";
import { retrying, type UserError } from "riverfront-client";
import { hasEnded, isOfEndedSession, type Problem, problemOf, problemsOf } from "../problems/problem";
import { useTexts } from "../texts";

interface Payload {
  errors: readonly UserError[];
}

interface Change<V, P> {
  /** Sends the mutation. The payload if it was accepted, otherwise null: `problems` then says why. */
  send: (variables: V) => Promise<P | null>;
  isBusy: boolean;
  /** What the shopper reads about the last attempts. Emptied when the next one begins. */
  problems: readonly Problem[];
  clear: () => void;
}

/**
 * One kind of change of the shopper's data. It is repeated while the gateway advises so. A second click on the same
 * button during a change is ignored; a change of something else, such as of another line, waits until it is done.
 */
export function useChange<D, V extends OperationVariables, P extends Payload>(
  mutation: TypedDocumentNode<D, V>,
  payloadOf: (data: D) => P | null,
): Change<V, P> {
  const client = useApolloClient();
  const texts = useTexts();
  const underWay = useRef(new Set<string>());
  const last = useRef<Promise<unknown>>(Promise.resolve());
  const [isBusy, setBusy] = useState(false);
  const [problems, setProblems] = useState<readonly Problem[]>([]);

  async function send(variables: V): Promise<P | null> {
    const what = JSON.stringify(variables);
    if (underWay.current.has(what)) return null;
    if (underWay.current.size === 0) setProblems([]);
    underWay.current.add(what);
    setBusy(true);
    const change = last.current.then(() => changed(variables));
    last.current = change;
    try {
      return await change;
    } finally {
      underWay.current.delete(what);
      setBusy(underWay.current.size > 0);
    }
  }

  /** The payload if the change was accepted. Otherwise null, and the problems are shown; it never throws. */
  async function changed(variables: V): Promise<P | null> {
    const add = (found: readonly Problem[]) => setProblems((before) => [...before, ...found]);
    try {
      const payload = await retrying(() => sent(client, mutation, variables, payloadOf));
      add(problemsOf(payload.errors, texts));
      if (payload.errors.some(isOfEndedSession)) void client.refetchObservableQueries();
      return payload.errors.length ? null : payload;
    } catch (error) {
      add([problemOf(error, texts)]);
      // The page then shows that there is no session any more.
      if (hasEnded(error)) void client.refetchObservableQueries();
      return null;
    }
  }

  return { send, isBusy, problems, clear: () => setProblems([]) };
}

/** The payload of a mutation. One that is null has its cause in `errors` of the answer, which is then thrown. */
export async function sent<D, V extends OperationVariables, P>(
  client: ApolloClient,
  mutation: TypedDocumentNode<D, V>,
  variables: V,
  payloadOf: (data: D) => P | null,
): Promise<P> {
  const { data } = await client.mutate({ mutation, variables: variables as never });
  const payload = data ? payloadOf(data) : null;
  if (!payload) throw new Error("The mutation has no payload.");
  return payload;
}
