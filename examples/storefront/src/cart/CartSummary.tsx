import { Link } from "react-router";
import { isZero, type Money } from "riverfront-client/money";
import type { CartPartsFragment } from "./cart.generated";
import { paths } from "../paths";
import { Notice } from "../problems/Notice";
import { useTexts } from "../texts";
import { Coupons } from "./Coupons";
import type { CartChanges } from "./use-cart-changes";
import "../parts/amounts.css";

/** Blockers that the shopper can resolve in the cart, or that the cart itself has. Others are the checkout's. */
const OF_THE_CART = new Set(["SUBMISSION_IN_PROGRESS", "ALREADY_BOUGHT"]);

export function CartSummary({ cart, changes }: { cart: CartPartsFragment; changes: CartChanges }) {
  const { cart: words } = useTexts();
  const blockers = (cart.readiness?.blockers ?? []).filter(({ code, step }) => step === "CART" || OF_THE_CART.has(code));
  const general = blockers.filter(({ lineId, shopperMessage }) => !lineId && shopperMessage);
  return (
    <aside className="panel stack" aria-labelledby="summary">
      <h2 id="summary">{words.summary}</h2>
      <Coupons cart={cart} changes={changes} />
      <Totals cart={cart} isOutdated={changes.isBusy} />
      {general.map(({ code, shopperMessage }) => (
        <Notice kind="warn" key={code}>
          {shopperMessage}
        </Notice>
      ))}
      {blockers.length > 0 ? (
        <>
          <button type="button" className="button button-wide" disabled aria-describedby="blocked">
            {words.toCheckout}
          </button>
          <p className="field-error" id="blocked">
            {words.blocked}
          </p>
        </>
      ) : (
        <Link to={paths.checkout} className="button button-wide">
          {words.toCheckout}
        </Link>
      )}
    </aside>
  );
}

function Totals({ cart, isOutdated }: { cart: CartPartsFragment; isOutdated: boolean }) {
  const { cart: words } = useTexts();
  const { totals, requiresShipping, isTaxInclusive } = cart;
  const { subtotal, discount, shippingAndHandling, tax, importTaxAndDuty, orderTotal, isEstimate } = totals;
  // Before the address is known, 0 is not the tax in the prices.
  const isTaxKnown = !isEstimate || (isTaxInclusive && isCharged(tax));
  return (
    <dl className={isOutdated ? "amounts cart-outdated" : "amounts"} aria-busy={isOutdated}>
      <Total name={words.subtotal} amount={subtotal} />
      {isCharged(discount) && <Total name={words.discount} amount={discount} prefix="−" />}
      {requiresShipping && <Total name={words.shipping} amount={isEstimate ? null : shippingAndHandling} />}
      <Total name={isTaxInclusive ? words.taxIncluded : words.tax} amount={isTaxKnown ? tax : null} />
      {isCharged(importTaxAndDuty) && <Total name={words.importTax} amount={importTaxAndDuty} />}
      <div className="amounts-sum">
        <dt>{isEstimate ? words.estimatedTotal : words.total}</dt>
        <dd>{orderTotal?.formatted ?? words.later}</dd>
      </div>
    </dl>
  );
}

function Total({ name, amount, prefix = "" }: { name: string; amount: { formatted: string } | null; prefix?: string }) {
  const { cart } = useTexts();
  return (
    <div>
      <dt>{name}</dt>
      <dd>{amount ? prefix + amount.formatted : <span className="soft small">{cart.later}</span>}</dd>
    </div>
  );
}

function isCharged(amount: (Money & { formatted: string }) | null): amount is Money & { formatted: string } {
  return amount !== null && !isZero(amount);
}
