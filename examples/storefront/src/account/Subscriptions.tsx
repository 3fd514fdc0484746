import { useQuery } from "@apollo/client/react";
import { Link } from "react-router";
import {
  type CardPartsFragment,
  ChangeRenewalDocument,
  EndContractDocument,
  ContractsDocument,
  type SubscriptionPartsFragment,
} from "./account.generated";
import { useChange } from "../graph/use-change";
import { known, useRead } from "../graph/use-read";
import { useMarket } from "../market/MarketProvider";
import { PageTitle } from "../parts/PageTitle";
import { Picture } from "../parts/Picture";
import { Bar } from "../parts/Skeleton";
import { paths, productPath } from "../paths";
import { Notice, Problems } from "../problems/Notice";
import { OfAccount } from "../problems/Outdated";
import { useTexts } from "../texts";
import { Confirmed } from "./Confirmed";
import { ContractCard } from "./ContractCard";

export function Component() {
  const { account, catalog } = useTexts();
  const query = useQuery(ContractsDocument);
  const read = useRead(query, (data) => data.shopper?.subscriptionContracts);
  const options = known(useRead(query, (data) => data.shopper?.paymentOptions)) ?? [];
  return (
    <>
      <PageTitle>{account.subscriptions}</PageTitle>
      <OfAccount read={read} skeleton={<Bar height="10rem" />}>
        {({ nodes }) => (
          <>
            {nodes.length === 0 && (
              <>
                <p>{account.noSubscriptions}</p>
                <Link to={paths.products}>{catalog.seeAll}</Link>
              </>
            )}
            <ul className="entries">
              {nodes.map((contract) => (
                <Subscription key={contract.id} contract={contract} options={options} />
              ))}
            </ul>
          </>
        )}
      </OfAccount>
    </>
  );
}

interface Props {
  contract: SubscriptionPartsFragment;
  options: readonly CardPartsFragment[];
}

function Subscription({ contract, options }: Props) {
  const { account } = useTexts();
  const { market } = useMarket();
  const { product, state, quantity, isAutoRenewing, nextRenewalAt, expiresAt, pendingChanges } = contract;
  const date = (time: string) => new Date(time).toLocaleDateString(market.locale, { dateStyle: "long" });
  const isCancelled = state === "CANCELLED";
  return (
    <li className={product?.thumbnailUrl ? "panel entry-with-picture" : "panel"}>
      {product?.thumbnailUrl && <Picture url={product.thumbnailUrl} alt="" />}
      <div className="stack-tight">
        <div className="row row-between">
          <strong>{product ? <Link to={productPath(product)}>{product.name}</Link> : account.subscription}</strong>
          <span className="tag">{account.contractStates[state]}</span>
        </div>
        {quantity !== null && quantity > 1 && <p>{account.quantity(quantity)}</p>}
        {!isCancelled && isAutoRenewing && nextRenewalAt && <p>{account.renewsOn(date(nextRenewalAt))}</p>}
        {!isCancelled && !isAutoRenewing && expiresAt && <p>{account.endsOn(date(expiresAt))}</p>}
        {pendingChanges && pendingChanges.length > 0 && <Notice>{account.changePending}</Notice>}
        {!isCancelled && <ContractCard {...{ contract, options }} name={product?.name ?? account.subscription} />}
        {!isCancelled && <Changes contract={contract} />}
      </div>
    </li>
  );
}

function Changes({ contract }: { contract: SubscriptionPartsFragment }) {
  const { account } = useTexts();
  const renewal = useChange(ChangeRenewalDocument, (data) => data.changeSubscriptionContract);
  const end = useChange(EndContractDocument, (data) => data.cancelSubscriptionContract);
  const { id, isAutoRenewing } = contract;
  return (
    <>
      <div className="row">
        <button
          type="button"
          className="button button-link"
          aria-disabled={renewal.isBusy}
          onClick={() => void renewal.send({ id, autoRenewal: !isAutoRenewing })}
        >
          {isAutoRenewing ? account.stopRenewal : account.startRenewal}
        </button>
        <Confirmed
          label={account.cancel}
          question={account.cancelSure}
          answer={account.cancelNow}
          isBusy={end.isBusy}
          onConfirm={() => void end.send({ id })}
        />
      </div>
      <Problems list={[...renewal.problems, ...end.problems]} />
    </>
  );
}
