import { type Answer, answerOf } from "./answer.js";
import { AnswerHasErrors } from "./errors.js";
import { type Connection, riverfrontFetch } from "./fetch.js";

/** A document as graphql-codegen's `documentMode: "string"` writes it, or a string that you write yourself. */
export interface Document<R, V> {
  toString(): string;
  __apiType?: (variables: V) => R;
  /** Syntax trees, as `gql` makes them, are for other clients. */
  kind?: never;
}

/** May be left out if the document needs none. A string that you write yourself does not say what it needs. */
type Variables<V> = unknown extends V ? [variables?: object] : Record<never, never> extends V ? [variables?: V] : [variables: V];

/** Sends typed documents with `fetch`, without a GraphQL package. */
export class Gateway {
  readonly #send: ReturnType<typeof riverfrontFetch>;

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
    if ("kind" in Object(document)) {
      throw new TypeError('The document is a syntax tree. Send its string: `documentMode: "string"` in graphql-codegen.');
    }
    const headers = { Accept: "application/graphql-response+json", "Content-Type": "application/json" };
    const body = JSON.stringify({ query: document.toString(), variables });
    const { data = null, errors = [] } = await answerOf<R>(await this.#send(this.url, { method: "POST", headers, body }));
    return { data, errors };
  }
}
