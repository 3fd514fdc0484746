import { useQuery } from "@apollo/client/react";
import { Link } from "react-router";
import { OrderHistoryDocument } from "./orders.generated";
import { known, useRead } from "../graph/use-read";
import { useMarket } from "../market/MarketProvider";
import { PageTitle } from "../parts/PageTitle";
import { Bar } from "../parts/Skeleton";
import { useMore } from "../parts/use-more";
import { orderPath, paths } from "../paths";
import { Problems } from "../problems/Notice";
import { Outdated } from "../problems/Outdated";
import { Trouble } from "../problems/Trouble";
import { useTexts } from "../texts";
import { OrderStateTag } from "./OrderStateTag";
import "../catalog/price.css";
import "./orders.css";

const PAGE = 10;

/** The orders of the account, newest first. */
export function Component() {
  const texts = useTexts();
  const { market } = useMarket();
  const variables = { first: PAGE };
  const query = useQuery(OrderHistoryDocument, { variables, fetchPolicy: "cache-and-network" });
  const { fetchMore } = query;
  const read = useRead(query, (data) => data.shopper?.orders);
  const more = useMore(async () => {
    await fetchMore({ variables: { after: known(read)?.pageInfo.endCursor ?? null } });
  });
  if (read.kind === "failed") return <Trouble {...read} />;
  const list = known(read);

  return (
    <>
      <PageTitle>{texts.orders.title}</PageTitle>
      {read.kind === "known" && <Outdated failure={read.failure} />}
      {!list && <Bar height="12rem" />}
      {list?.totalCount === 0 && (
        <>
          <p>{texts.orders.none}</p>
          <Link to={paths.products}>{texts.catalog.seeAll}</Link>
        </>
      )}
      <ul className="order-list">
        {list?.nodes.map(({ id, number, state, submittedAt, totals }) => (
          <li key={id}>
            <Link to={orderPath(id)} className="order-link">
              <strong>{texts.orders.number(number)}</strong>
              <span className="soft">
                {submittedAt && new Date(submittedAt).toLocaleDateString(market.locale, { dateStyle: "medium" })}
              </span>
              <OrderStateTag state={state} />
              <span className="price">{totals.orderTotal?.formatted}</span>
            </Link>
          </li>
        ))}
      </ul>
      {list?.pageInfo.hasNextPage && (
        <button type="button" className="button button-plain" aria-disabled={more.isReading} onClick={() => void more.showMore()}>
          {texts.catalog.showMore}
        </button>
      )}
      <Problems list={more.problems} />
    </>
  );
}
