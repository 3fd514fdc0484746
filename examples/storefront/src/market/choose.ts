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

const NAME = "shop.market";

export function storedMarket(): Market | null {
  try {
    return JSON.parse(localStorage.getItem(NAME) ?? "null") as Market | null;
  } catch {
    return null; // Storage is blocked, or another program has written it.
  }
}

/** The market that is shown, for code that is no component. */
export function shownMarket(): Market {
  return storedMarket() ?? WITHOUT_ANSWER;
}

export function storeMarket({ locale, currencyCode }: Market): void {
  try {
    localStorage.setItem(NAME, JSON.stringify({ locale, currencyCode }));
  } catch {
    // Without storage, the choice lasts until the page is left.
  }
}
