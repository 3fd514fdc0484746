import { createContext, useContext } from "react";
import { en } from "./en";

/** All words of the shop. Another language has the same names; the compiler finds those that are missing. */
export type Texts = typeof en;

/** English is always there; other languages are loaded when they are chosen. */
const OTHERS: Record<string, () => Promise<{ texts: Texts }>> = {
  de: () => import("./de"),
  ja: () => import("./ja"),
};

/** The words for a locale such as de-DE; in English if the shop has none in its language. */
export async function textsFor(locale: string): Promise<Texts> {
  const load = OTHERS[languageOf(locale)];
  return load ? (await load()).texts : en;
}

export function languageOf(locale: string): string {
  return locale.split("-", 1)[0] ?? locale;
}

export const TextsContext = createContext<Texts>(en);

export function useTexts(): Texts {
  return useContext(TextsContext);
}
