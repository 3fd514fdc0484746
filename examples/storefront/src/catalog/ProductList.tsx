import { useQuery } from "@apollo/client/react";
import { useState } from "react";
import { Link } from "react-router";
import { ProductListDocument } from "./product-list.generated";
import { useInContext } from "../market/MarketProvider";
import { useMore } from "../parts/use-more";
import { paths } from "../paths";
import { Problems } from "../problems/Notice";
import { Trouble } from "../problems/Trouble";
import { useTexts } from "../texts";
import { FilterForm } from "./FilterForm";
import { count, facetsOf, filtersOf, searchOf } from "./filters";
import { SHOWN, useListAddress } from "./list-address";
import { ProductGrid } from "./ProductGrid";
import { SortMenu } from "./SortMenu";
import "./product-list.css";

const PAGE = 12;
const MOST = 96;

/** Products of a search or a category, or all of them, with filters, order and further pages. */
export function ProductList({ base }: { base: { text?: string; categoryId?: string } }) {
  const texts = useTexts();
  const address = useListAddress();
  const filters = filtersOf(address.parameters);
  const search = searchOf(base, filters);
  // The number of products is in the address: after a reload, as many are shown as before.
  const shown = Math.min(MOST, Math.max(PAGE, Number(address.parameters.get(SHOWN)) || PAGE));
  const [first] = useState(shown);
  const { data, previousData, error, loading, refetch, fetchMore } = useQuery(ProductListDocument, {
    variables: { ...useInContext(), search, sort: filters.sort, first },
  });
  const list = (data ?? previousData)?.products ?? null;
  const more = useMore(async () => {
    await fetchMore({ variables: { first: PAGE, after: list?.pageInfo.endCursor ?? null } });
    // A filter that was set meanwhile shows another list.
    if (!address.isShown()) return;
    const next = address.now();
    next.set(SHOWN, String(shown + PAGE));
    address.set(next, { replace: true });
  });
  if (!list && error) return <Trouble error={error} retry={() => void refetch()} isPart />;

  const isOutdated = !data && loading;
  // Without filters, nothing can be filtered or sorted in an empty list.
  const isEmpty = list?.totalCount === 0 && count(filters) === 0;
  const isFiltered = search !== null && !isEmpty;
  return (
    <div className={isFiltered ? "product-list product-list-filtered" : "product-list"}>
      {isFiltered && <FilterForm facets={facetsOf(list?.nodes ?? [], filters)} filters={filters} />}
      <div className="stack">
        <div className="row row-between">
          <p role="status" className="soft">
            {list ? texts.catalog.results(list.totalCount) : texts.shop.loading}
          </p>
          {!isEmpty && <SortMenu sort={filters.sort} isSearch={base.text !== undefined} />}
        </div>
        {list?.totalCount === 0 && (
          <div className="stack">
            <p>{count(filters) > 0 ? texts.catalog.nothingFits : texts.catalog.nothingFound}</p>
            <Link to={paths.products}>{texts.catalog.seeAll}</Link>
          </div>
        )}
        <div className={isOutdated ? "product-list-outdated" : undefined} aria-busy={isOutdated}>
          <ProductGrid products={list?.nodes ?? null} expected={PAGE} />
        </div>
        {list?.pageInfo.hasNextPage && (
          <button type="button" className="button button-plain product-list-more" aria-disabled={more.isReading} onClick={() => void more.showMore()}>
            {texts.catalog.showMore}
          </button>
        )}
        <Problems list={more.problems} />
      </div>
    </div>
  );
}
