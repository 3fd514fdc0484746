import { makeVar } from "@apollo/client";
import { useReactiveVar } from "@apollo/client/react";

const shown = makeVar<readonly string[]>([]);

/** Shows messages above the page, also after the page has changed. They stay until the shopper closes them. */
export function announce(messages: readonly string[]): void {
  if (messages.length) shown([...new Set([...shown(), ...messages])]);
}

export function withdraw(message: string): void {
  shown(shown().filter((each) => each !== message));
}

export function useAnnouncements(): readonly string[] {
  return useReactiveVar(shown);
}
