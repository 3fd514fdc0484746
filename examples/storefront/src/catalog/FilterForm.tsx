import { type ReactNode, useEffect, useRef } from "react";
import { Link, useLocation } from "react-router";
import { useMarket } from "../market/MarketProvider";
import { useIsWide } from "../parts/is-wide";
import { useTexts } from "../texts";
import { count, type Facet, type Filters, parameterOf, parametersOf } from "./filters";
import { useListAddress } from "./list-address";

interface FilterFormProps {
  facets: readonly Facet[];
  filters: Filters;
}

/** The filters beside a list. On small screens they are folded. */
export function FilterForm({ facets, filters }: FilterFormProps) {
  const { catalog } = useTexts();
  const number = count(filters);
  return (
    <details className="filters" open={useIsWide()}>
      <summary>
        {catalog.filters}
        {number > 0 && ` (${number})`}
      </summary>
      <Form facets={facets} filters={filters} />
    </details>
  );
}

/** The fields are the shopper's until the address changes, as by the back button. They stay, and so does the focus. */
function Form({ facets, filters }: FilterFormProps) {
  const { catalog } = useTexts();
  const { market } = useMarket();
  const { pathname } = useLocation();
  const address = useListAddress();
  const form = useRef<HTMLFormElement>(null);
  const words = address.parameters.get("q");

  function apply() {
    if (!form.current?.reportValidity()) return;
    address.set(parametersOf(address.now(), new FormData(form.current)));
  }

  return (
    <form
      ref={form}
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        apply();
      }}
    >
      <fieldset className="stack-tight">
        <legend className="field-label">{catalog.price(market.currencyCode)}</legend>
        <div className="filters-prices">
          <PriceInput name="min" label={catalog.priceFrom} value={filters.minimum} />
          <PriceInput name="max" label={catalog.priceTo} value={filters.maximum} />
          <button type="submit" className="button button-plain">
            {catalog.apply}
          </button>
        </div>
      </fieldset>
      <Check name="in-stock" value="yes" isChecked={filters.inStockOnly} onChange={apply}>
        {catalog.inStockOnly}
      </Check>
      {facets.map(({ name, displayName, values }) => (
        <fieldset key={name}>
          <legend className="field-label">{displayName}</legend>
          {values.map((value) => {
            const isChecked = filters.attributes.some((chosen) => chosen.name === name && chosen.values.includes(value));
            return (
              <Check key={value} name={parameterOf(name)} value={value} isChecked={isChecked} onChange={apply}>
                {value}
              </Check>
            );
          })}
        </fieldset>
      ))}
      {count(filters) > 0 && (
        <Link
          to={{ pathname, search: words === null ? "" : new URLSearchParams({ q: words }).toString() }}
          preventScrollReset
          // The link goes away, and the focus would be lost with it.
          onClick={() => form.current?.querySelector<HTMLElement>("input")?.focus()}
        >
          {catalog.clearFilters}
        </Link>
      )}
    </form>
  );
}

function PriceInput({ name, label, value }: { name: string; label: string; value: string }) {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (input.current) input.current.value = value;
  }, [value]);
  return (
    <input
      ref={input}
      className="input"
      name={name}
      inputMode="decimal"
      pattern="\d{1,9}([.,]\d{1,2})?"
      aria-label={label}
      placeholder={label}
      defaultValue={value}
    />
  );
}

interface CheckProps {
  name: string;
  value: string;
  isChecked: boolean;
  onChange: () => void;
  children: ReactNode;
}

function Check({ name, value, isChecked, onChange, children }: CheckProps) {
  const box = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (box.current) box.current.checked = isChecked;
  }, [isChecked]);
  return (
    <label className="check">
      <input ref={box} type="checkbox" name={name} value={value} defaultChecked={isChecked} onChange={onChange} />
      <span>{children}</span>
    </label>
  );
}
