import { useApolloClient } from "@apollo/client/react";
import { useCallback } from "react";
import { Link } from "react-router";
import { isZero, type Money } from "riverfront-client/money";
import { CartDocument, type CartPartsFragment } from "./cart.generated";
import { paths } from "../paths";
import { Notice } from "../problems/Notice";
import { useTexts } from "../texts";
import { Coupons } from "./Coupons";
import { MissingCheck } from "./MissingCheck";
import { isCheck, useMissingCheck } from "./missing-check";
import type { CartChanges } from "./use-cart-changes";
import "../parts/amounts.css";

/** Blockers that the shopper can resolve in the cart, or that the cart itself has. Others are the checkout's. */
const OF_THE_CART = new Set(["SUBMISSION_IN_PROGRESS", "ALREADY_BOUGHT"]);

export function CartSummary({ cart, changes }: { cart: CartPartsFragment; changes: CartChanges }) {
  const { cart: words } = useTexts();
  const client = useApolloClient();
  const read = useCallback(() => client.query({ query: CartDocument, fetchPolicy: "network-only" }), [client]);
  const blockers = (cart.readiness?.blockers ?? []).filter(({ code, step }) => step === "CART" || OF_THE_CART.has(code));
  const check = useMissingCheck(blockers, read);
  const faults = blockers.filter((blocker) => !isCheck(blocker));
  const general = faults.filter(({ lineId, shopperMessage }) => !lineId && shopperMessage);
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
      <MissingCheck {...check} />
      {blockers.length > 0 ? (
        <>
          <button
            type="button"
            className="button button-wide"
            disabled
            aria-describedby={faults.length > 0 ? "blocked" : undefined}
          >
            {words.toCheckout}
          </button>
          {faults.length > 0 && (
            <p className="field-error" id="blocked">
              {words.blocked}
            </p>
          )}
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
