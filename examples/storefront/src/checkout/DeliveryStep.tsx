import { useId } from "react";
import { priceText } from "../catalog/price-text";
import { CheckoutShippingOptionDocument } from "./checkout.generated";
import { useTexts } from "../texts";
import { Step } from "./Step";
import { useCheckout } from "./useCheckout";

/** The shipping options of the address. One is chosen from the start, so the step never stops a shopper. */
export function DeliveryStep({ isLater }: { isLater: boolean }) {
  const { cart, change, isBusy } = useCheckout();
  const texts = useTexts();
  const { checkout } = texts;
  const name = useId();
  if (isLater) {
    return (
      <Step id="delivery" title={checkout.deliveryStep} state="later">
        <p className="soft">{checkout.deliveryLater}</p>
      </Step>
    );
  }
  // Without an option, the form has nothing to choose, and the shopper reads why.
  const faults = (cart.readiness?.blockers ?? []).filter(({ step }) => step === "SHIPPING_OPTION");
  const select = (id: string) => change(CheckoutShippingOptionDocument, { id }, (data) => data.selectShippingOption);
  return (
    <Step id="delivery" title={checkout.deliveryStep} state="open">
      <fieldset className="choices" disabled={isBusy}>
        <legend className="only-for-screen-readers">{checkout.deliveryStep}</legend>
        {cart.shippingOptions.map((option) => (
          <label className="check choice" key={option.id}>
            <input type="radio" name={name} checked={option.isSelected} onChange={() => void select(option.id)} />
            <span className="row row-between">
              <span>{option.name}</span>
              {option.costWithDiscount && <span>{priceText(option.costWithDiscount, texts)}</span>}
            </span>
          </label>
        ))}
      </fieldset>
      {cart.shippingOptions.length === 0 &&
        faults.map(({ code, shopperMessage }) => shopperMessage && <p className="field-error" key={code}>{shopperMessage}</p>)}
    </Step>
  );
}
