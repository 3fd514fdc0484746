import { add, compare, isZero, type Money, subtract } from "riverfront-client/money";
import { priceText } from "../catalog/price-text";
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
  totals: {
    isEstimate?: boolean;
    subtotal?: Amount;
    discount?: Amount;
    shippingAndHandling?: Amount;
    tax?: Amount;
    importTaxAndDuty?: Amount;
    orderTotal?: Amount;
  };
}

/** The products and amounts of a cart or an order. */
export function OrderSummary({ summary }: { summary: Summary }) {
  const texts = useTexts();
  const { checkout } = texts;
  const { lines, totals } = summary;
  const includedTax = totals.isEstimate ? null : taxInPrices(totals);
  const rows: [string, Amount][] = [
    [checkout.subtotal, totals.subtotal],
    [checkout.discount, negative(totals.discount)],
    // Until the address is known, both are zero because they are not known.
    [checkout.shippingCost, totals.isEstimate ? nonZero(totals.shippingAndHandling) : totals.shippingAndHandling],
    [checkout.tax, includedTax || totals.isEstimate ? null : totals.tax],
    [checkout.duty, nonZero(totals.importTaxAndDuty)],
  ];
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
      <dl className="totals">
        {rows.map(([name, amount]) => amount && <Row key={name} name={name} amount={amount.formatted} />)}
        <Row name={checkout.total} amount={totals.orderTotal?.formatted ?? "–"} isTotal />
      </dl>
      {totals.isEstimate && <p className="soft small">{checkout.estimate}</p>}
      {includedTax && <p className="soft small">{checkout.taxIncluded(includedTax.formatted)}</p>}
    </div>
  );
}

function Row({ name, amount, isTotal = false }: { name: string; amount: string; isTotal?: boolean }) {
  return (
    <div className={isTotal ? "totals-row totals-total" : "totals-row"}>
      <dt>{name}</dt>
      <dd data-total={isTotal ? amount : undefined}>{amount}</dd>
    </div>
  );
}

/** The tax, if the prices of the products contain it: the other amounts are then the whole total. */
function taxInPrices({ subtotal, discount, shippingAndHandling, importTaxAndDuty, tax, orderTotal }: Summary["totals"]): Amount {
  if (!subtotal || !orderTotal || !tax || isZero(tax)) return null;
  const added = [shippingAndHandling, importTaxAndDuty].reduce<Money>((sum, each) => (each ? add(sum, each) : sum), subtotal);
  return compare(discount ? subtract(added, discount) : added, orderTotal) === 0 ? tax : null;
}

function nonZero(amount: Amount): Amount {
  return amount && !isZero(amount) ? amount : null;
}

function negative(amount: Amount): Amount {
  const shown = nonZero(amount);
  return shown ? { ...shown, formatted: `−${shown.formatted}` } : null;
}
