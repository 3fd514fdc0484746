import { priceText } from "../catalog/price-text";
import type { Amounts, Known } from "../parts/amounts";
import { Totals } from "../parts/Totals";
import { useTexts } from "../texts";
import type { MoneyPartsFragment } from "../graph/parts.generated";

type Amount = MoneyPartsFragment | null | undefined;

export interface Summary {
  lines: readonly {
    id: string;
    quantity?: number | null;
    product?: { name: string; thumbnailUrl?: string | null } | null;
    pricing: { salePriceTotal?: Amount };
  }[];
  totals: Amounts;
}

/** The products and amounts of a cart or an order. */
export function OrderSummary({ summary, ...known }: { summary: Summary } & Known) {
  const texts = useTexts();
  const { checkout } = texts;
  const { lines, totals } = summary;
  return (
    <div className="stack">
      <ul className="summary-lines">
        {lines.map(({ id, quantity, product, pricing }) => (
          <li className="summary-line" key={id}>
            {product?.thumbnailUrl ? <img src={product.thumbnailUrl} alt="" width="56" height="56" /> : <span />}
            <span className="stack-tight">
              <span>{product?.name}</span>
              <span className="soft small">{checkout.quantity(String(quantity ?? ""))}</span>
            </span>
            <span>{pricing.salePriceTotal && priceText(pricing.salePriceTotal, texts)}</span>
          </li>
        ))}
      </ul>
      <Totals totals={totals} {...known} />
    </div>
  );
}
