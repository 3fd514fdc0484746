import type { ApolloClient, DefaultContext, OperationVariables, TypedDocumentNode } from "@apollo/client";
import { accepted, retrying, type UserError } from "riverfront-client";
import { hasEnded, isTemporary, type Problem, problemsOf } from "../problems/problem";
import type { Texts } from "../texts";

export interface Payload {
  errors: readonly UserError[];
}

/** What became of a change. */
export interface Attempt<P> {
  /** Null if the change was refused, or if no answer arrived. */
  payload: P | null;
  /** What the shopper reads then. */
  problems: readonly Problem[];
  /** Whether the reason is that there is no session any more. */
  isSessionEnded: boolean;
  /** Whether the same change may be accepted later: nothing that was sent is wrong, but it was not known to be made. */
  mayWorkLater: boolean;
}

/** Sends a mutation, and repeats it while the gateway advises so. It never throws. */
export async function attempt<D, V extends OperationVariables, P extends Payload>(
  client: ApolloClient,
  texts: Texts,
  mutation: TypedDocumentNode<D, V>,
  variables: V,
  payloadOf: (data: D) => P | null,
): Promise<Attempt<P>> {
  try {
    const payload = await retrying(async () => accepted(await sent(client, mutation, variables, payloadOf)));
    return { payload, problems: [], isSessionEnded: false, mayWorkLater: false };
  } catch (error) {
    const problems = problemsOf(error, texts);
    return { payload: null, problems, isSessionEnded: hasEnded(error), mayWorkLater: isTemporary(error) };
  }
}

/** The payload of a mutation. One that is null has its cause in `errors` of the answer, which is then thrown. */
export async function sent<D, V extends OperationVariables, P>(
  client: ApolloClient,
  mutation: TypedDocumentNode<D, V>,
  variables: V,
  payloadOf: (data: D) => P | null,
  context: DefaultContext = {},
): Promise<P> {
  const { data } = await client.mutate({ mutation, variables: variables as never, context });
  const payload = data ? payloadOf(data) : null;
  if (!payload) throw new Error("The mutation has no payload.");
  return payload;
}
