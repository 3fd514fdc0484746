import { useId } from "react";
import type { ProductSort } from "../graph/schema.generated";
import { useTexts } from "../texts";
import { SORTS } from "./filters";
import { SHOWN, useListAddress } from "./list-address";

export function SortMenu({ sort, isSearch }: { sort: ProductSort | null; isSearch: boolean }) {
  const { catalog } = useTexts();
  const address = useListAddress();
  const id = useId();

  function change(value: string) {
    const next = address.now();
    next.delete(SHOWN);
    if (value) next.set("sort", value);
    else next.delete("sort");
    address.set(next);
  }

  return (
    <div className="sort-menu">
      <label htmlFor={id} className="small">
        {catalog.sortBy}
      </label>
      <select id={id} className="input" value={sort ?? ""} onChange={(event) => change(event.target.value)}>
        <option value="">{isSearch ? catalog.bestMatch : catalog.ourOrder}</option>
        {SORTS.map((name) => (
          <option key={name} value={name}>
            {catalog.sorts[name]}
          </option>
        ))}
      </select>
    </div>
  );
}
