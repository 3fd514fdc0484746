import { useQuery } from "@apollo/client/react";
import { useState } from "react";
import { Link, useSearchParams } from "react-router";
import { ProductListDocument } from "./product-list.generated";
import { useInContext } from "../market/MarketProvider";
import { paths } from "../paths";
import { problemsOf } from "../problems/problem";
import { Problems } from "../problems/Notice";
import { Trouble } from "../problems/Trouble";
import { useTexts } from "../texts";
import { FilterForm } from "./FilterForm";
import { count, facetsOf, filtersOf, searchOf } from "./filters";
import { ProductGrid } from "./ProductGrid";
import { SortMenu } from "./SortMenu";
import "./product-list.css";

const PAGE = 12;
const MOST = 96;

/** Products of a search or a category, or all of them, with filters, order and further pages. */
export function ProductList({ base }: { base: { text?: string; categoryId?: string } }) {
  const texts = useTexts();
  const [parameters, setParameters] = useSearchParams();
  const filters = filtersOf(parameters);
  const search = searchOf(base, filters);
  // The number of products is in the address: after a reload, as many are shown as before.
  const shown = Math.min(MOST, Math.max(PAGE, Number(parameters.get("shown")) || PAGE));
  const [first] = useState(shown);
  const { data, previousData, error, loading, refetch, fetchMore } = useQuery(ProductListDocument, {
    variables: { ...useInContext(), search, sort: filters.sort, first },
  });
  const [moreFailed, setMoreFailed] = useState<unknown>(null);
  const list = (data ?? previousData)?.products ?? null;
  if (!list && error) return <Trouble error={error} retry={() => void refetch()} isPart />;

  async function showMore() {
    setMoreFailed(null);
    try {
      await fetchMore({ variables: { first: PAGE, after: list?.pageInfo.endCursor ?? null } });
      parameters.set("shown", String(shown + PAGE));
      setParameters(parameters, { replace: true, preventScrollReset: true });
    } catch (failure) {
      setMoreFailed(failure);
    }
  }

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
          <button type="button" className="button button-plain product-list-more" onClick={() => void showMore()}>
            {texts.catalog.showMore}
          </button>
        )}
        <Problems list={moreFailed ? problemsOf(moreFailed, texts) : []} />
      </div>
    </div>
  );
}
