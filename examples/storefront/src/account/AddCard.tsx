import { useQuery } from "@apollo/client/react";
import { useCallback, useState } from "react";
import { Link, useNavigate, useSearchParams } from "react-router";
import { addressLines } from "../address/form";
import { digitalRiver, type Source } from "../checkout/payment/digitalRiver";
import { DropIn } from "../checkout/payment/DropIn";
import { sourceName } from "../checkout/payment/sourceName";
import { AddCardDocument, type AddCardQuery, SaveCardDocument } from "./account.generated";
import { useChange } from "../graph/use-change";
import { useRead } from "../graph/use-read";
import { announce } from "../layout/announce";
import { useMarket } from "../market/MarketProvider";
import { PageTitle } from "../parts/PageTitle";
import { Bar } from "../parts/Skeleton";
import { paths } from "../paths";
import { Notice, Problems } from "../problems/Notice";
import { OfAccount } from "../problems/Outdated";
import { useTexts } from "../texts";
import { FOR_SUBSCRIPTIONS, setupOf } from "./add-card";
import { AddressEditor } from "./AddressEditor";

/** Without it, DigitalRiver.js refuses to start. What else it needs, every address has. */
const NEEDED = ["phoneNumber"];

type Shopper = NonNullable<AddCardQuery["shopper"]>;
type Settings = NonNullable<AddCardQuery["storefront"]>;

/** Saves a card, or another payment method that can be saved, without buying. */
export function Component() {
  const { account } = useTexts();
  const [parameters] = useSearchParams();
  const usage = parameters.get("for") === FOR_SUBSCRIPTIONS ? "SUBSCRIPTION" : "CONVENIENCE";
  // The address may have changed since this page was last open.
  const options = { variables: { usage }, fetchPolicy: "network-only" } as const;
  const query = useQuery(AddCardDocument, options);
  const read = useRead(query, (data) => (data.storefront && data.shopper?.dropIn ? data : null));
  const onAddress = () => void query.refetch().catch(() => {});
  return (
    <>
      <PageTitle>{account.addCard}</PageTitle>
      <OfAccount read={read} skeleton={<Bar height="18rem" />}>
        {({ shopper, storefront }) => (
          <NewCard shopper={shopper!} storefront={storefront!} dropIn={shopper!.dropIn!} onAddress={onAddress} />
        )}
      </OfAccount>
    </>
  );
}

interface Props {
  shopper: Shopper;
  storefront: Settings;
  dropIn: NonNullable<Shopper["dropIn"]>;
  onAddress: () => void;
}

function NewCard({ shopper, storefront, dropIn, onAddress }: Props) {
  const { account } = useTexts();
  const { market } = useMarket();
  const [isEditing, setEditing] = useState(false);
  // The address from which the graph derives the one of the drop-in.
  const entry = shopper.addresses?.find(({ isDefault }) => isDefault) ?? shopper.addresses?.[0] ?? null;
  const isIncomplete = dropIn.missingFields.length > 0;

  function leaveAddress() {
    setEditing(false);
    onAddress();
  }

  if (isIncomplete || isEditing) {
    return (
      <>
        {isIncomplete && <Notice>{entry ? account.cardAddressIncomplete : account.cardAddressMissing}</Notice>}
        <AddressEditor entry={entry} needed={NEEDED} person={shopper} takesFocus={isEditing} onDone={leaveAddress} />
      </>
    );
  }
  return (
    <>
      {entry && (
        <div className="panel stack-tight entries" data-card-address>
          <strong>{account.cardAddress}</strong>
          <address>
            {addressLines(entry.address, market.locale).map((line) => (
              <span key={line}>{line}</span>
            ))}
          </address>
          <div>
            <button type="button" className="button button-link" onClick={() => setEditing(true)}>
              {account.edit}
              <span className="only-for-screen-readers"> {account.cardAddress}</span>
            </button>
          </div>
        </div>
      )}
      <CardForm {...{ storefront, dropIn }} />
    </>
  );
}

function CardForm({ storefront, dropIn }: Pick<Props, "storefront" | "dropIn">) {
  const { account, checkout, shop } = useTexts();
  const navigate = useNavigate();
  const [parameters] = useSearchParams();
  const target = `${paths.account}/${parameters.get("for") === FOR_SUBSCRIPTIONS ? FOR_SUBSCRIPTIONS : "cards"}`;
  const { publishableKey: publicKey, digitalRiverJs } = storefront;
  const { scriptUrl, styleSheetUrl: styleUrl } = digitalRiverJs;
  const { locale } = dropIn;
  const load = useCallback(
    () => digitalRiver({ publicKey, scriptUrl, styleUrl, locale }),
    [publicKey, scriptUrl, styleUrl, locale],
  );
  const { send, isBusy, problems, clear } = useChange(SaveCardDocument, (data) => data.savePaymentOption);
  const [message, setMessage] = useState("");
  /** The source that the drop-in has made, until it is saved. */
  const [made, setMade] = useState<string | null>(null);

  async function save(sourceId: string) {
    setMade(sourceId);
    const payload = await send({ sourceId });
    if (!payload) return;
    announce([account.cardSaved(payload.paymentOption ? sourceName(payload.paymentOption.source, checkout) : account.card)]);
    await navigate(target);
  }

  function take({ id, state }: Source, isForStorage: boolean) {
    setMessage("");
    if (state === "chargeable" && isForStorage) void save(id);
    else setMessage(account.cardRefused);
  }

  function startAgain() {
    clear();
    setMade(null);
  }

  return (
    <>
      <div role="alert">{message && <Notice kind="bad">{message}</Notice>}</div>
      {made === null ? (
        <DropIn
          load={load}
          setup={setupOf(dropIn, account.saveCard)}
          failedText={account.cardFormFailed}
          onSource={take}
          onUnpaid={() => setMessage(account.nothingSaved)}
        />
      ) : (
        <div className="stack" data-unsaved-card>
          <p role="status">{isBusy ? account.cardSaving : ""}</p>
          <Problems list={problems} />
          {problems.length > 0 && (
            <div className="row">
              <button type="button" className="button" autoFocus aria-disabled={isBusy} onClick={() => void save(made)}>
                {shop.retry}
              </button>
              <button type="button" className="button button-link" onClick={startAgain}>
                {account.otherCard}
              </button>
            </div>
          )}
        </div>
      )}
      <p>
        <Link to={target}>{shop.back}</Link>
      </p>
    </>
  );
}
