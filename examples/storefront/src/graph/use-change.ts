import type { OperationVariables, TypedDocumentNode } from "@apollo/client";
import { useApolloClient } from "@apollo/client/react";
import { useRef, useState } from "react";
import type { Problem } from "../problems/problem";
import { useTexts } from "../texts";
import { attempt, type Payload } from "./change";

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

  async function changed(variables: V): Promise<P | null> {
    const { payload, problems: found } = await attempt(client, texts, mutation, variables, payloadOf);
    setProblems((before) => [...before, ...found]);
    return payload;
  }

  return { send, isBusy, problems, clear: () => setProblems([]) };
}
