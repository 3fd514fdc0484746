import { useApolloClient, useQuery } from "@apollo/client/react";
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from "react";
import { setMarket } from "../graph/session";
import { known, useRead } from "../graph/use-read";
import { useShell } from "../graph/use-shell";
import { type Problem, problemsOf } from "../problems/problem";
import { type Texts, TextsContext, textsFor } from "../texts";
import { isSame, type Market, marketOf, showMarket, storedMarket, storeMarket } from "./choose";
import { MarketsDocument } from "./market.generated";

interface MarketContent {
  market: Market;
  markets: readonly Market[];
  /**
   * Changes language and currency of the shop, and of the session and its cart if there is one. Returns why it could not;
   * then all is as before.
   */
  choose: (market: Market) => Promise<readonly Problem[]>;
}

const MarketContext = createContext<MarketContent | null>(null);

interface MarketProviderProps {
  first: { market: Market; texts: Texts };
  children: ReactNode;
}

export function MarketProvider({ first, children }: MarketProviderProps) {
  const client = useApolloClient();
  const { session } = useShell();
  const offered = known(useRead(useQuery(MarketsDocument), (data) => data.storefront?.markets));
  // Null until the shopper or a session has chosen: what is shown instead, because of the browser or of an answer that
  // is missing, must not be stored as a choice.
  const [chosen, setChosen] = useState(storedMarket);
  const [{ market, texts }, setShown] = useState(first);
  const markets = useMemo(() => offered ?? [market], [offered, market]);

  // The session decides, because its cart has a currency. Another tab may have changed it. After its end, all stays.
  if (session && !(chosen && isSame(chosen, session))) setChosen({ locale: session.locale, currencyCode: session.currencyCode });
  const { locale, currencyCode } = session ?? marketOf(offered, chosen);
  useEffect(() => {
    if (chosen) storeMarket(chosen);
  }, [chosen]);
  useEffect(() => {
    const next = { locale, currencyCode };
    showMarket(next);
    document.documentElement.lang = locale;
    if (isSame(market, next)) return;
    let isCurrent = true;
    textsFor(locale).then(
      (words) => {
        if (isCurrent) setShown({ market: next, texts: words });
      },
      () => {}, // Another tab has chosen a language that cannot be loaded here: the page stays as it is.
    );
    return () => {
      isCurrent = false;
    };
  }, [locale, currencyCode, market]);

  const hasSession = session !== null;
  const content = useMemo(
    () => ({
      market,
      markets,
      choose: async (next: Market) => {
        try {
          // The words first: a shop in a language whose words are missing would be of no use.
          await textsFor(next.locale);
          if (hasSession) await setMarket(client, next);
          setChosen(next);
          return [];
        } catch (error) {
          return problemsOf(error, texts);
        }
      },
    }),
    [client, market, markets, hasSession, texts],
  );
  return (
    <MarketContext value={content}>
      <TextsContext value={texts}>{children}</TextsContext>
    </MarketContext>
  );
}

export function useMarket(): MarketContent {
  const content = useContext(MarketContext);
  if (!content) throw new Error("useMarket needs a MarketProvider above it.");
  return content;
}

/** Variables of operations with `@inContext(locale: $locale, currencyCode: $currency)`. */
export function useInContext(): { locale: string; currency: string } {
  const { locale, currencyCode } = useMarket().market;
  return useMemo(() => ({ locale, currency: currencyCode }), [locale, currencyCode]);
}
