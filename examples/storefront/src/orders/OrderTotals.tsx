import { isZero } from "riverfront-client/money";
import type { OrderDetailPartsFragment } from "./orders.generated";
import { useTexts } from "../texts";
import "../parts/amounts.css";

export function OrderTotals({ totals }: { totals: OrderDetailPartsFragment["totals"] }) {
  const { cart } = useTexts();
  const rows = [
    [cart.subtotal, totals.subtotal, ""],
    [cart.discount, totals.discount, "−"],
    [cart.shipping, totals.shippingAndHandling, ""],
    [cart.tax, totals.tax, ""],
    [cart.importTax, totals.importTaxAndDuty, ""],
  ] as const;
  return (
    <dl className="amounts">
      {rows.map(
        ([name, amount, sign], index) =>
          amount &&
          (index === 0 || !isZero(amount)) && (
            <div key={name}>
              <dt>{name}</dt>
              <dd>
                {sign}
                {amount.formatted}
              </dd>
            </div>
          ),
      )}
      <div className="amounts-sum">
        <dt>{cart.total}</dt>
        <dd>{totals.orderTotal?.formatted}</dd>
      </div>
    </dl>
  );
}
