import { useQuery } from "@apollo/client/react";
import { useState } from "react";
import { addressLines } from "../address/form";
import { AddressesDocument, DeleteAddressDocument, type SavedAddressPartsFragment } from "./account.generated";
import { useChange } from "../graph/use-change";
import { useRead } from "../graph/use-read";
import { useMarket } from "../market/MarketProvider";
import { PageTitle } from "../parts/PageTitle";
import { Bar } from "../parts/Skeleton";
import { Problems } from "../problems/Notice";
import { OfAccount } from "../problems/Outdated";
import { useTexts } from "../texts";
import { AddressEditor } from "./AddressEditor";
import { Confirmed } from "./Confirmed";

/** Saved addresses. */
export function Component() {
  const { account } = useTexts();
  const read = useRead(useQuery(AddressesDocument), (data) => data.shopper?.addresses);
  /** The entry that is being changed; "new" for one that is being added. */
  const [edited, setEdited] = useState<string | null>(null);
  /** The one that was changed last: the focus goes back to the button that has opened it. */
  const [left, setLeft] = useState<string | null>(null);
  const close = () => {
    setLeft(edited);
    setEdited(null);
  };
  return (
    <>
      <PageTitle>{account.addresses}</PageTitle>
      <OfAccount read={read} skeleton={<Bar height="10rem" />}>
        {(saved) => (
          <>
            {saved.length === 0 && <p>{account.noAddresses}</p>}
            <ul className="entries">
              {saved.map((entry) => (
                <li key={entry.id}>
                  {edited === entry.id ? (
                    <AddressEditor entry={entry} takesFocus onDone={close} />
                  ) : (
                    <SavedAddress entry={entry} isLeft={left === entry.id} onEdit={() => setEdited(entry.id)} />
                  )}
                </li>
              ))}
            </ul>
          </>
        )}
      </OfAccount>
      {edited === "new" ? (
        <AddressEditor entry={null} takesFocus onDone={close} />
      ) : (
        <div>
          <button type="button" className="button button-plain" autoFocus={left === "new"} onClick={() => setEdited("new")}>
            {account.newAddress}
          </button>
        </div>
      )}
    </>
  );
}

interface SavedAddressProps {
  entry: SavedAddressPartsFragment;
  /** Whether its form was closed a moment ago. */
  isLeft: boolean;
  onEdit: () => void;
}

function SavedAddress({ entry, isLeft, onEdit }: SavedAddressProps) {
  const { account } = useTexts();
  const { market } = useMarket();
  const { send, isBusy, problems } = useChange(DeleteAddressDocument, (data) => data.deleteAddress);
  const { id, nickname, isDefault, address } = entry;
  return (
    <div className="panel stack-tight">
      <div className="row row-between">
        <strong>{nickname}</strong>
        {isDefault && <span className="tag">{account.preferred}</span>}
      </div>
      <address>
        {addressLines(address, market.locale).map((line) => (
          <span key={line}>{line}</span>
        ))}
      </address>
      <div className="row">
        <button type="button" className="button button-link" autoFocus={isLeft} onClick={onEdit}>
          {account.edit}
          <span className="only-for-screen-readers"> {nickname}</span>
        </button>
        <Confirmed
          label={account.delete}
          name={nickname}
          question={account.deleteSure(nickname)}
          answer={account.deleteNow}
          isBusy={isBusy}
          onConfirm={() => void send({ id })}
        />
      </div>
      <Problems list={problems} />
    </div>
  );
}
