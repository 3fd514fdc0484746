import { isZero } from "riverfront-client/money";
import type { MoneyPartsFragment } from "../graph/parts.generated";
import type { Texts } from "../texts";

/** The price of a thing, in words if it costs nothing. Totals are amounts, also those of zero. */
export function priceText(price: MoneyPartsFragment, { catalog }: Texts): string {
  return isZero(price) ? catalog.free : price.formatted;
}
