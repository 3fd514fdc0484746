import { makeVar } from "@apollo/client";
import { ApolloLink } from "@apollo/client/link";
import { tap } from "rxjs";

/** Whether the session has ended while the shopper was away. The shop says so once, until the shopper closes it. */
export const hasSessionEnded = makeVar(false);

interface Extensions {
  riverfront?: { warnings?: readonly { code: string }[] };
}

/** Notices the warning `SESSION_ENDED`: the answer shows no session and an empty cart, and the shopper reads why. */
export function endedSessionLink(): ApolloLink {
  return new ApolloLink((operation, forward) =>
    forward(operation).pipe(
      tap(({ extensions }) => {
        const { riverfront } = (extensions ?? {}) as Extensions;
        if (riverfront?.warnings?.some(({ code }) => code === "SESSION_ENDED")) hasSessionEnded(true);
      }),
    ),
  );
}
