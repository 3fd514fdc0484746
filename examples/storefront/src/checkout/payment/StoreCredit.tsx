import { isZero } from "riverfront-client/money";
import { useTexts } from "../../texts";
import { useCheckout } from "../useCheckout";
import { usePayment } from "./usePayment";

/** The store credit of a signed-in shopper, if this cart can use it. */
export function StoreCredit() {
  const { cart, account, isBusy } = useCheckout();
  const { checkout } = useTexts();
  const { applyCredit } = usePayment();
  const attached = cart.paymentSession?.storeCredit?.amountContributed;
  const usable = account?.storeCredit?.usableOnCart;
  if (!attached && (!usable || isZero(usable))) return null;
  const remaining = cart.paymentSession?.amountRemaining;
  return (
    <div className="stack-tight" data-credit={attached ? "used" : "offered"}>
      <label className="check">
        <input
          type="checkbox"
          checked={Boolean(attached)}
          disabled={isBusy}
          onChange={(event) => void applyCredit(event.target.checked)}
        />
        {attached ? checkout.creditApplied(attached.formatted) : checkout.credit(usable?.formatted ?? "")}
      </label>
      {attached && remaining && !cart.paymentSession?.primarySource && (
        <p className="soft small">
          {isZero(remaining) ? checkout.creditPaysAll : checkout.creditRemaining(remaining.formatted)}
        </p>
      )}
    </div>
  );
}
