import { useApolloClient } from "@apollo/client/react";
import { useCallback } from "react";
import { Link } from "react-router";
import { CartDocument, type CartPartsFragment } from "./cart.generated";
import { Totals } from "../parts/Totals";
import { paths } from "../paths";
import { Notice } from "../problems/Notice";
import { useTexts } from "../texts";
import { Coupons } from "./Coupons";
import { MissingCheck } from "./MissingCheck";
import { isCheck, useMissingCheck } from "./missing-check";
import type { CartChanges } from "./use-cart-changes";

/** Blockers that the shopper can resolve in the cart, or that the cart itself has. Others are the checkout's. */
const OF_THE_CART = new Set(["SUBMISSION_IN_PROGRESS", "ALREADY_BOUGHT"]);

export function CartSummary({ cart, changes }: { cart: CartPartsFragment; changes: CartChanges }) {
  const { cart: words } = useTexts();
  const { totals, requiresShipping, isTaxInclusive } = cart;
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
      <Totals
        totals={totals}
        {...{ requiresShipping, isTaxInclusive }}
        later={words.later}
        isOutdated={changes.isBusy}
        className={changes.isBusy ? "cart-outdated" : ""}
      />
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
