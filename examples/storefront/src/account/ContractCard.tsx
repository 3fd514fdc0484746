import { useId, useState } from "react";
import { Link } from "react-router";
import { sourceName } from "../checkout/payment/sourceName";
import {
  type CardPartsFragment,
  ChangeContractCardDocument,
  type SubscriptionPartsFragment,
} from "./account.generated";
import { useChange } from "../graph/use-change";
import { DataForm, typed } from "../parts/DataForm";
import { Notice, Problems } from "../problems/Notice";
import { useTexts } from "../texts";
import { addCardPaths } from "./add-card";
import { choosable, isCardUnchanged } from "./contract-card";

interface Props {
  contract: SubscriptionPartsFragment;
  options: readonly CardPartsFragment[];
  name: string;
}

/** The saved card that pays the renewals, and the change to another one. */
export function ContractCard({ contract, options, name }: Props) {
  const { account, checkout } = useTexts();
  const [isChoosing, setChoosing] = useState(false);
  const [changedTo, setChangedTo] = useState<string | null>(null);
  const { send, isBusy, problems, clear } = useChange(ChangeContractCardDocument, (data) => data.changeSubscriptionContract);
  const id = useId();
  const current = contract.paymentOption;
  const choices = choosable(options, current);

  function toggle() {
    setChoosing(!isChoosing);
    setChangedTo(null);
    clear();
  }

  async function change(values: FormData) {
    const chosen = choices.find((option) => option.id === typed(values, "card"));
    if (!chosen || !(await send({ id: contract.id, paymentOptionId: chosen.id }))) return;
    setChangedTo(sourceName(chosen.source, checkout));
    setChoosing(false);
  }

  return (
    <div className="stack-tight" data-contract-card>
      {current && (
        <p className={current.isExpired ? "field-error" : "soft small"}>
          {(current.isExpired ? account.paidWithExpired : account.paidWith)(sourceName(current.source, checkout))}
        </p>
      )}
      <div>
        <button type="button" className="button button-link" aria-expanded={isChoosing} onClick={toggle}>
          {account.otherCard}
          <span className="only-for-screen-readers"> {name}</span>
        </button>
      </div>
      {isChoosing && (
        <DataForm className="stack-tight" onSubmit={(values) => void change(values)}>
          {choices.length > 0 ? (
            <>
              <div className="field">
                <label className="field-label" htmlFor={id}>
                  {account.renewWith}
                </label>
                <select id={id} name="card" className="input">
                  {choices.map((option) => (
                    <option key={option.id} value={option.id}>
                      {sourceName(option.source, checkout)} – {option.nickname}
                    </option>
                  ))}
                </select>
              </div>
              <div>
                <button type="submit" className="button" aria-disabled={isBusy}>
                  {account.save}
                </button>
              </div>
            </>
          ) : (
            <p>{account.noOtherCard}</p>
          )}
          <p>
            <Link to={addCardPaths.forSubscriptions}>{account.addCard}</Link>
          </p>
        </DataForm>
      )}
      <Problems list={problems} />
      {current && isCardUnchanged(problems) && <p>{account.cardUnchanged(sourceName(current.source, checkout))}</p>}
      <div role="status">{changedTo && <Notice kind="good">{account.cardChanged(changedTo)}</Notice>}</div>
    </div>
  );
}
