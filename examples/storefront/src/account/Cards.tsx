import { useQuery } from "@apollo/client/react";
import { Link } from "react-router";
import { expiryOf, sourceName } from "../checkout/payment/sourceName";
import { CardsDocument, type CardPartsFragment, DeleteCardDocument, PreferCardDocument } from "./account.generated";
import { useChange } from "../graph/use-change";
import { useRead } from "../graph/use-read";
import { PageTitle } from "../parts/PageTitle";
import { Bar } from "../parts/Skeleton";
import { Problems } from "../problems/Notice";
import { OfAccount } from "../problems/Outdated";
import { useTexts } from "../texts";
import { addCardPaths } from "./add-card";
import { Confirmed } from "./Confirmed";

/** Saved cards and other payment options. A new one is saved here, or at checkout. */
export function Component() {
  const { account } = useTexts();
  const read = useRead(useQuery(CardsDocument), (data) => data.shopper?.paymentOptions);
  return (
    <>
      <PageTitle>{account.cards}</PageTitle>
      <OfAccount read={read} skeleton={<Bar height="8rem" />}>
        {(options) => (
          <>
            {options.length === 0 && <p>{account.noCards}</p>}
            <ul className="entries">
              {options.map((option) => (
                <Card key={option.id} option={option} />
              ))}
            </ul>
          </>
        )}
      </OfAccount>
      <div>
        <Link className="button button-plain" to={addCardPaths.forPurchases}>
          {account.addCard}
        </Link>
      </div>
    </>
  );
}

function Card({ option }: { option: CardPartsFragment }) {
  const { account, checkout } = useTexts();
  const preference = useChange(PreferCardDocument, (data) => data.savePaymentOption);
  const deletion = useChange(DeleteCardDocument, (data) => data.deletePaymentOption);
  const name = sourceName(option.source, checkout);
  const { source, isExpired, isDefault, id } = option;
  const expiry = expiryOf(source);
  return (
    <li className="panel stack-tight">
      <div className="row row-between">
        <strong>{name}</strong>
        {isDefault && <span className="tag">{account.preferred}</span>}
      </div>
      <p className="soft small">{option.nickname}</p>
      {expiry && (
        <p className={isExpired ? "field-error" : "soft small"}>
          {(isExpired ? account.expired : account.expires)(expiry)}
        </p>
      )}
      <div className="row">
        {!isDefault && (
          <button type="button" className="button button-link" aria-disabled={preference.isBusy} onClick={() => void preference.send({ id })}>
            {account.prefer}
            <span className="only-for-screen-readers"> {name}</span>
          </button>
        )}
        <Confirmed
          label={account.delete}
          name={name}
          question={account.deleteSure(name)}
          answer={account.deleteNow}
          isBusy={deletion.isBusy}
          onConfirm={() => void deletion.send({ id })}
        />
      </div>
      <Problems list={[...preference.problems, ...deletion.problems]} />
    </li>
  );
}
