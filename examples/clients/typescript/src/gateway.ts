// Sends a typed document over HTTP and returns its typed data.
import type { TypedDocumentString } from "./graph/graphql.js";

type Variables<V> = V extends Record<string, never> ? [] : [variables: V];

interface Answer<R> {
  data?: R | null;
  errors?: { message: string; extensions?: { code?: string; supportReference?: string } }[];
}

export class Gateway {
  /** Handle of the session, once the gateway has returned it. A page uses a cookie instead. */
  bearer: string | null = null;

  constructor(private readonly url: string) {}

  async ask<R, V>(document: TypedDocumentString<R, V>, ...[variables]: Variables<V>): Promise<R> {
    const headers: Record<string, string> = {
      Accept: "application/graphql-response+json",
      "Content-Type": "application/json",
      "X-Riverfront-Client": "typescript-example",
    };
    if (this.bearer) headers["Authorization"] = `Bearer ${this.bearer}`;
    const body = JSON.stringify({ query: document.toString(), variables });
    const response = await fetch(`${this.url}/graphql`, { method: "POST", headers, body });
    const answer = (await response.json()) as Answer<R>;
    // A page would show the data and mark the fields that failed. This purchase stops.
    for (const error of answer.errors ?? []) {
      const { code, supportReference } = error.extensions ?? {};
      throw new Error(`${code}: ${error.message} (support reference ${supportReference})`);
    }
    if (!answer.data) throw new Error(`The gateway answered ${response.status} without data.`);
    return answer.data;
  }
}

interface Payload {
  errors: { code: string; message: string }[];
}

/** Returns the payload of a mutation. Throws if the payload has errors. */
export function accepted<P extends Payload>(payload: P | null): P {
  if (!payload) throw new Error("The mutation has no payload.");
  for (const { code, message } of payload.errors) throw new Error(`Refused: ${code}: ${message}`);
  return payload;
}
