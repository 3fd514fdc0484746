import { addressLines } from "../address/form";
import { useTexts } from "../texts";
import type { Chosen } from "./address-step";
import { type Account, useCheckout } from "./useCheckout";

interface Props {
  name: string;
  saved: NonNullable<Account["addresses"]>;
  chosen: Chosen;
  onChange: (chosen: Chosen) => void;
}

/** The addresses of the account, and the choice to type another one. */
export function SavedAddresses({ name, saved, chosen, onChange }: Props) {
  const { checkout } = useTexts();
  const { locale } = useCheckout();
  const choose = (savedId: string | null) => onChange({ ...chosen, savedId });
  return (
    <div className="choices">
      {saved.map(({ id, nickname, address }) => (
        <label className="check choice" key={id}>
          <input type="radio" name={name} checked={chosen.savedId === id} onChange={() => choose(id)} />
          <span className="stack-tight">
            <span>{nickname}</span>
            <span className="soft small">{addressLines(address, locale).join(", ")}</span>
          </span>
        </label>
      ))}
      <label className="check choice">
        <input type="radio" name={name} checked={chosen.savedId === null} onChange={() => choose(null)} />
        {checkout.otherAddress}
      </label>
    </div>
  );
}
