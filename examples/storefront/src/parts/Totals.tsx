import { useTexts } from "../texts";
import { type Amounts, type Known, summed } from "./amounts";
import "./amounts.css";

interface Props extends Known {
  totals: Amounts;
  /** In place of an amount that is not known yet. Without it, its row is left out. */
  later?: string;
  className?: string;
  isOutdated?: boolean;
}

/** The amounts of a cart or an order. Those above the total add up to it. */
export function Totals({ totals, later, className = "", isOutdated = false, ...known }: Props) {
  const { cart, checkout } = useTexts();
  const { rows, includedTax } = summed(totals, known);
  const { isEstimate, orderTotal } = totals;
  return (
    <>
      <dl className={`amounts ${className}`} aria-busy={isOutdated} data-amounts>
        {rows.map(
          ({ name, amount, isSubtracted }) =>
            (amount || later) && (
              <div key={name}>
                <dt>{cart[name]}</dt>
                <dd>{amount ? (isSubtracted ? "−" : "") + amount.formatted : <span className="soft small">{later}</span>}</dd>
              </div>
            ),
        )}
        <div className="amounts-sum">
          <dt>{isEstimate ? cart.estimatedTotal : cart.total}</dt>
          <dd>{orderTotal?.formatted ?? later ?? "–"}</dd>
        </div>
      </dl>
      {isEstimate && !later && (
        <p className="soft small">{known.isTaxInclusive ? checkout.estimateWithTax : checkout.estimate}</p>
      )}
      {includedTax && <p className="soft small">{checkout.taxIncluded(includedTax.formatted)}</p>}
    </>
  );
}
