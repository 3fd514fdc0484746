import { useId, useState } from "react";
import { isZero, type Money } from "riverfront-client/money";
import { useTexts } from "../texts";
import { Compliance, useTermsUrl } from "./payment/Compliance";
import { Step } from "./Step";
import { submitting } from "./submitting";
import { useCheckout } from "./useCheckout";
import type { OrderControl } from "./order/useOrder";

interface Props {
  /** What the shopper agrees to; null while the order cannot be placed. */
  agreement: { amount: Money & { formatted: string }; cartRevision: string } | null;
  /** False while a rule for orders could not be checked. */
  isChecked: boolean;
  submit: OrderControl["submit"];
}

/** The last look, and the button that places the order at the total beside it. */
export function ReviewStep({ agreement, isChecked, submit }: Props) {
  const { checkout } = useTexts();
  return (
    <Step id="review" title={checkout.reviewStep} state={agreement ? "open" : "later"}>
      {agreement ? (
        <Review agreement={agreement} submit={submit} />
      ) : (
        <p className="soft">{isChecked ? checkout.reviewLater : checkout.reviewUnchecked}</p>
      )}
    </Step>
  );
}

function Review({ agreement, submit }: { agreement: NonNullable<Props["agreement"]>; submit: Props["submit"] }) {
  const { cart, settings, isBusy } = useCheckout();
  const { checkout } = useTexts();
  const id = useId();
  const [hasAgreed, setAgreed] = useState(cart.termsOfSaleAccepted);
  const [isReminded, setReminded] = useState(false);
  const { amount, cartRevision } = agreement;
  const asks = settings.termsOfSaleMode === "ACTIVE";
  const misses = asks && !hasAgreed;

  function place(): void {
    setReminded(misses);
    if (misses) document.getElementById(`${id}terms`)?.focus();
    else if (!isBusy) {
      const accepted = settings.termsOfSaleMode === "NOT_REQUIRED" ? null : true;
      void submit({ expectedTotal: amount, ifRevision: cartRevision, termsOfSaleAccepted: accepted });
    }
  }

  return (
    <form className="stack" noValidate onSubmit={submitting(place)}>
      {asks && (
        <div className="stack-tight">
          <label className="check">
            <input
              id={`${id}terms`}
              type="checkbox"
              checked={hasAgreed}
              aria-invalid={isReminded && misses}
              aria-describedby={isReminded && misses ? `${id}reminder` : undefined}
              onChange={(event) => setAgreed(event.target.checked)}
            />
            <span>
              <Terms sentence={checkout.terms} />
            </span>
          </label>
          {isReminded && misses && (
            <p className="field-error" id={`${id}reminder`} role="alert">
              {checkout.termsMissing}
            </p>
          )}
        </div>
      )}
      {settings.termsOfSaleMode === "PASSIVE" && (
        <p>
          <Terms sentence={checkout.termsPassive} />
        </p>
      )}
      <button className="button button-wide" aria-disabled={isBusy} aria-describedby={`${id}only`}>
        {isZero(amount) ? checkout.placeFreeOrder : checkout.placeOrder(amount.formatted)}
      </button>
      <p className="soft small" id={`${id}only`}>
        {checkout.onlyNow}
      </p>
      <Compliance />
    </form>
  );
}

const PLACE = "\u0000";

/** A sentence with the terms of sale as a link, as soon as their address is known. */
function Terms({ sentence }: { sentence: (terms: string) => string }) {
  const { checkout } = useTexts();
  const url = useTermsUrl();
  const [before, after] = sentence(PLACE).split(PLACE);
  return (
    <>
      {before}
      {url ? (
        <a href={url} target="_blank" rel="noreferrer">
          {checkout.termsOfSale}
        </a>
      ) : (
        checkout.termsOfSale
      )}
      {after}
    </>
  );
}
