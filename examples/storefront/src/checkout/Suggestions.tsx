import { useState } from "react";
import { addressLines } from "../address/form";
import { CheckoutPrepareDocument } from "./checkout.generated";
import { useTexts } from "../texts";
import { useCheckout } from "./useCheckout";

/** Corrections that address verification suggests. They are offers: the address of the shopper is valid without them. */
export function Suggestions() {
  const { cart, locale, change, isBusy } = useCheckout();
  const { checkout } = useTexts();
  const [isKept, setKept] = useState(false);
  const [billing] = cart.billingAddress?.suggestions ?? [];
  const [shipping] = cart.shippingAddress?.suggestions ?? [];
  const suggestion = shipping ?? billing;
  if (!suggestion || isKept) return null;
  const input = {
    ...(billing ? { billing: { suggestionId: billing.id } } : {}),
    ...(shipping ? { shipping: { suggestionId: shipping.id } } : {}),
  };
  const use = () => change(CheckoutPrepareDocument, { input }, (data) => data.prepareCheckout);
  return (
    <div className="notice notice-plain stack" data-suggestion>
      <p>{checkout.suggestion}</p>
      <p>
        <strong>{addressLines(suggestion.address, locale).join(", ")}</strong>
      </p>
      <div className="row">
        <button type="button" className="button" aria-disabled={isBusy} onClick={() => void use()}>
          {checkout.useSuggestion}
        </button>
        <button type="button" className="button button-link" onClick={() => setKept(true)}>
          {checkout.keepMine}
        </button>
      </div>
    </div>
  );
}
