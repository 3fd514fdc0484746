import type { AnswerError } from "./errors.js";

export interface Answer<R> {
  data: R | null;
  errors: readonly AnswerError[];
}

/** An answer that is not GraphQL's, such as the page of a proxy. What became of the request is not known. */
export class UnreadableAnswer extends Error {
  override readonly name = "UnreadableAnswer";
  constructor(
    readonly status: number,
    mediaType: string | null,
  ) {
    super(
      `The answer is not GraphQL's: status ${status}, ${mediaType ?? "no media type"}. Does the URL end with /graphql? ` +
        "A proxy in front of the gateway may also have answered.",
    );
  }
}

/** The answer as the gateway sent it. Throws `UnreadableAnswer` for the answer of anything else. */
export async function answerOf<R>(response: Response): Promise<Partial<Answer<R>>> {
  const answer: unknown = await response
    .text()
    .then((text) => JSON.parse(text) as unknown)
    .catch((error: unknown) => {
      if (error instanceof SyntaxError) return null;
      throw error;
    });
  const isGraphQL = typeof answer === "object" && answer !== null && ("data" in answer || "errors" in answer);
  if (!isGraphQL) throw new UnreadableAnswer(response.status, response.headers.get("Content-Type"));
  return answer as Partial<Answer<R>>;
}
