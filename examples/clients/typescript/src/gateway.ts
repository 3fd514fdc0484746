import { AnswerHasErrors, type AnswerError } from "./errors.js";
import { type Connection, riverfrontFetch } from "./fetch.js";

/** A document as graphql-codegen's `documentMode: "string"` writes it, or as you write it yourself. */
export interface Document<R, V> {
  toString(): string;
  __apiType?: (variables: V) => R;
}

export interface Answer<R> {
  data: R | null;
  errors: readonly AnswerError[];
}

type Variables<V> = V extends Record<string, never> ? [] : [variables: V];

/** Sends typed documents with `fetch`, without a GraphQL package. */
export class Gateway {
  readonly #send: (input: string, init: RequestInit) => Promise<Response>;

  constructor(
    private readonly url: string,
    connection: Connection,
  ) {
    this.#send = riverfrontFetch(connection);
  }

  /** The data of an answer without errors. Throws `AnswerHasErrors` if it has some. */
  async ask<R, V>(document: Document<R, V>, ...variables: Variables<V>): Promise<R> {
    const { data, errors } = await this.answer(document, ...variables);
    if (errors.length) throw new AnswerHasErrors(errors, data);
    if (!data) throw new TypeError("The answer has neither data nor errors.");
    return data;
  }

  /** The whole answer. Show its data, and mark the fields that its errors name. */
  async answer<R, V>(document: Document<R, V>, ...[variables]: Variables<V>): Promise<Answer<R>> {
    const headers = { Accept: "application/graphql-response+json", "Content-Type": "application/json" };
    const body = JSON.stringify({ query: document.toString(), variables });
    const response = await this.#send(this.url, { method: "POST", headers, body });
    const answer = (await response.json()) as { data?: R | null; errors?: AnswerError[] };
    return { data: answer.data ?? null, errors: answer.errors ?? [] };
  }
}
