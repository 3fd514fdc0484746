import { lasting } from "../parts/storage";

/** A locale with the currency of its prices. */
export interface Market {
  locale: string;
  currencyCode: string;
}

const WITHOUT_ANSWER: Market = { locale: "en-US", currencyCode: "USD" };

/** The market to begin with: the one chosen last, otherwise the first in a language of the browser, otherwise the default. */
export function chosenMarket(markets: readonly Market[], stored: Market | null, languages: readonly string[]): Market {
  const known = markets.find((market) => stored !== null && isSame(market, stored));
  const spoken = languages.flatMap((language) => [
    markets.find(({ locale }) => locale === language),
    markets.find(({ locale }) => locale.split("-", 1)[0] === language.split("-", 1)[0]),
  ]);
  return known ?? spoken.find((market) => market !== undefined) ?? markets[0] ?? WITHOUT_ANSWER;
}

export function isSame(left: Market, right: Market): boolean {
  return left.locale === right.locale && left.currencyCode === right.currencyCode;
}

/** The market to show: of a shop whose markets are not known yet, the one chosen last. */
export function marketOf(markets: readonly Market[] | null, chosen: Market | null): Market {
  return chosenMarket(markets ?? (chosen ? [chosen] : []), chosen, navigator.languages);
}

const NAME = "shop.market";

/** The market that the shopper or a session has chosen last. */
export function storedMarket(): Market | null {
  try {
    return JSON.parse(lasting.getItem(NAME) ?? "null") as Market | null;
  } catch {
    return null; // Another program has written it.
  }
}

export function storeMarket({ locale, currencyCode }: Market): void {
  lasting.setItem(NAME, JSON.stringify({ locale, currencyCode }));
}

let shown = WITHOUT_ANSWER;

/** The market that is shown, for code that is no component. */
export function shownMarket(): Market {
  return shown;
}

export function showMarket(market: Market): void {
  shown = market;
}
