import { makeVar } from "@apollo/client";
import type { InMemoryCache } from "@apollo/client/cache";
import { ApolloLink } from "@apollo/client/link";
import { forgetShopper } from "riverfront-client/apollo";
import { tap } from "rxjs";
import { AnswerHasErrors, Refused, type UserError } from "riverfront-client";
import { hasEnded } from "../problems/problem";

/** Whether the session has ended while the shopper was away. The shop says so once, until the shopper closes it. */
export const hasSessionEnded = makeVar(false);

/** How many sessions have ended since the page was opened. What was read in one of them is not shown in the next. */
export const endedSessions = makeVar(0);

interface Extensions {
  riverfront?: { warnings?: readonly { code: string }[] };
}

type Answer = Pick<ApolloLink.Result, "data" | "errors" | "extensions">;

/**
 * Notices that the session has ended: by the warning `SESSION_ENDED`, by an error, or because the answer has no session
 * although the page knows one, as after the cookie was deleted. The shopper's data are then forgotten, once: each page
 * that shows some reads again what is left.
 */
export function endedSessionLink(cache: InMemoryCache): ApolloLink {
  let forgotten: string | undefined;
  return new ApolloLink((operation, forward) => {
    const session = sessionIn(cache);
    const forget = () => {
      // An answer to a session before does not end the one of now.
      if (!session || session.id === forgotten || session.id !== sessionIn(cache)?.id) return;
      forgotten = session.id;
      endedSessions(endedSessions() + 1);
      hasSessionEnded(true);
      forgetShopper(cache);
    };
    return forward(operation).pipe(
      tap({
        next: (answer) => {
          if (hasWarning(answer)) hasSessionEnded(true);
          if (hasWarning(answer) || hasError(answer) || isWithoutSession(answer, session)) forget();
        },
        error: (error) => {
          if (hasEnded(error)) forget();
        },
      }),
    );
  });
}

function hasWarning({ extensions }: Answer): boolean {
  const { riverfront } = (extensions ?? {}) as Extensions;
  return riverfront?.warnings?.some(({ code }) => code === "SESSION_ENDED") ?? false;
}

/** Whether an error says that there is no session: of the answer, or of the payload of a mutation. */
function hasError({ data, errors }: Answer): boolean {
  const refusals = Object.values(data ?? {}).flatMap((payload) => (payload as { errors?: UserError[] } | null)?.errors ?? []);
  return (errors !== undefined && hasEnded(new AnswerHasErrors(errors))) || hasEnded(new Refused(refusals));
}

/** Whether the answer has no session, or no shopper, although it could be read and the page knows one. */
function isWithoutSession({ data, errors }: Answer, session: KnownSession | null): boolean {
  if (errors || !data || !session) return false;
  return data["session"] === null || (data["shopper"] === null && session.level === "REGISTERED");
}

interface KnownSession {
  id: string;
  level: string;
}

/** The session that the page knows. */
function sessionIn(cache: InMemoryCache): KnownSession | null {
  return (cache.extract().ROOT_QUERY?.["session"] ?? null) as KnownSession | null;
}
