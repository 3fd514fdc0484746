import { useId } from "react";
import { useTexts } from "../../texts";
import type { Account } from "../useCheckout";
import { expiryOf, sourceName } from "./sourceName";

interface Props {
  options: NonNullable<Account["paymentOptions"]>;
  /** Id of the chosen card; null for another payment method. */
  chosen: string | null;
  onChange: (chosen: string | null) => void;
}

export function SavedCards({ options, chosen, onChange }: Props) {
  const { checkout } = useTexts();
  const name = useId();
  return (
    <fieldset className="choices">
      <legend className="legend">{checkout.savedCards}</legend>
      {options.map(({ id, isExpired, source }) => (
        <label className="check choice" key={id}>
          <input
            type="radio"
            name={name}
            checked={chosen === id}
            disabled={isExpired}
            onChange={() => onChange(id)}
          />
          <span className="row row-between saved-card">
            <span>{sourceName(source, checkout)}</span>
            {expiryOf(source) && (
              <span className="soft small">
                {isExpired ? checkout.cardExpired : checkout.cardExpires(expiryOf(source) ?? "")}
              </span>
            )}
          </span>
        </label>
      ))}
      <label className="check choice">
        <input type="radio" name={name} checked={chosen === null} onChange={() => onChange(null)} />
        {checkout.otherMethod}
      </label>
    </fieldset>
  );
}
