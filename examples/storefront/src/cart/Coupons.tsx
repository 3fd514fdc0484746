import { useId, useState } from "react";
import type { CartPartsFragment } from "./cart.generated";
import { useTexts } from "../texts";
import type { CartChanges } from "./use-cart-changes";

/** Offers of the whole order, and a field for a code. */
export function Coupons({ cart, changes }: { cart: CartPartsFragment; changes: CartChanges }) {
  const { cart: words } = useTexts();
  const [code, setCode] = useState("");
  const id = useId();
  const listId = useId();
  const applied = (cart.appliedOffers ?? []).filter(({ lineId }) => !lineId);
  const [problem] = changes.couponProblems;

  async function apply() {
    if (code.trim() !== "" && (await changes.applyCoupon(code.trim()))) setCode("");
  }

  return (
    <div className="stack-tight">
      {applied.length > 0 && (
        <>
          <h3 id={listId} className="field-label coupon-title">
            {words.offers}
          </h3>
          <ul className="stack-tight" aria-labelledby={listId}>
            {applied.map(({ offer, couponCode, discount }) => (
              <li key={offer.id} className="row row-between coupon">
                <span>
                  {offer.name}
                  {couponCode && <span className="soft small"> {couponCode}</span>}
                  {discount && <strong> −{discount.formatted}</strong>}
                </span>
                {couponCode && (
                  <button
                    type="button"
                    className="button button-link"
                    aria-label={words.removeProduct(offer.name)}
                    onClick={() => void changes.removeOffer(offer.id)}
                  >
                    {words.remove}
                  </button>
                )}
              </li>
            ))}
          </ul>
        </>
      )}
      <form
        className="field"
        onSubmit={(event) => {
          event.preventDefault();
          void apply();
        }}
      >
        <label className="field-label" htmlFor={id}>
          {words.coupon}
        </label>
        <div className="coupon-form">
          <input
            id={id}
            className="input"
            value={code}
            autoComplete="off"
            autoCapitalize="characters"
            maxLength={40}
            aria-invalid={problem !== undefined}
            aria-describedby={`${id}-error`}
            onChange={(event) => setCode(event.target.value)}
          />
          <button type="submit" className="button button-plain" aria-disabled={changes.isBusy}>
            {words.apply}
          </button>
        </div>
        <div id={`${id}-error`} role="alert" className="field-error">
          {problem?.message}
        </div>
      </form>
    </div>
  );
}
