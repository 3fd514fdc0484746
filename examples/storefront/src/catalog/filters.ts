import type { ProductAttributeInput, ProductSearchInput, ProductSort } from "../graph/schema.generated";

/** What the shopper has chosen in a list of products. All of it is in the address of the page. */
export interface Filters {
  sort: ProductSort | null;
  minimum: string;
  maximum: string;
  inStockOnly: boolean;
  attributes: ProductAttributeInput[];
}

/** An attribute to filter by, with the values that the listed products have. */
export interface Facet {
  name: string;
  displayName: string;
  values: string[];
}

export const SORTS: readonly ProductSort[] = [
  "NAME_ASCENDING",
  "NAME_DESCENDING",
  "LIST_PRICE_ASCENDING",
  "LIST_PRICE_DESCENDING",
];

/** Parameters of attributes begin with this, so that an attribute may be called like another parameter. */
const ATTRIBUTE = "with.";

export function filtersOf(parameters: URLSearchParams): Filters {
  const names = [...new Set([...parameters.keys()].filter((name) => name.startsWith(ATTRIBUTE)))];
  return {
    sort: SORTS.find((sort) => sort === parameters.get("sort")) ?? null,
    minimum: decimalOf(parameters.get("min")) ?? "",
    maximum: decimalOf(parameters.get("max")) ?? "",
    inStockOnly: parameters.has("in-stock"),
    attributes: names.map((name) => ({ name: name.slice(ATTRIBUTE.length), values: parameters.getAll(name) })),
  };
}

/** Parameters that stay when a filter changes: the words of the search and the order. */
const KEPT = ["q", "sort"];

/** The parameters of a form of filters, with the words and the order of the list that it belongs to. */
export function parametersOf(list: URLSearchParams, form: FormData): URLSearchParams {
  const parameters = new URLSearchParams([...list].filter(([name]) => KEPT.includes(name)));
  for (const [name, value] of form) {
    if (typeof value === "string" && value.trim() !== "") parameters.append(name, value.trim());
  }
  return parameters;
}

export function parameterOf(attribute: string): string {
  return ATTRIBUTE + attribute;
}

/** How many filters are set. The order of the list is none. */
export function count({ minimum, maximum, inStockOnly, attributes }: Filters): number {
  const prices = minimum || maximum ? 1 : 0;
  return prices + (inStockOnly ? 1 : 0) + attributes.reduce((sum, { values }) => sum + values.length, 0);
}

/** The graph's input. Filters need words or a category; a list of all products has none. */
export function searchOf(base: { text?: string; categoryId?: string }, filters: Filters): ProductSearchInput | null {
  if (base.text === undefined && base.categoryId === undefined) return null;
  const { minimum, maximum, inStockOnly, attributes } = filters;
  return {
    ...base,
    ...(minimum || maximum ? { priceRange: { minimum: minimum || null, maximum: maximum || null } } : {}),
    ...(inStockOnly ? { inStockOnly } : {}),
    ...(attributes.length ? { attributes } : {}),
  };
}

/** Attributes of the listed products, and of the filters: a chosen value stays in the list, so that it can be unset. */
export function facetsOf(products: readonly { variationAttributes: readonly Facet[] }[], filters: Filters): Facet[] {
  const facets = new Map<string, Facet>();
  const listed = products.flatMap(({ variationAttributes }) => variationAttributes);
  const chosen = filters.attributes.map(({ name, values }) => ({ name, displayName: name, values }));
  for (const { name, displayName, values } of [...listed, ...chosen]) {
    const known = facets.get(name);
    facets.set(name, { name, displayName: known?.displayName ?? displayName, values: union(known?.values ?? [], values) });
  }
  return [...facets.values()];
}

function union(left: readonly string[], right: readonly string[]): string[] {
  return [...new Set([...left, ...right])].sort((a, b) => a.localeCompare(b));
}

/** A price as people type it, as a decimal number of the graph; null if it is none. */
function decimalOf(typed: string | null): string | null {
  return /^(\d{1,9})(?:[.,](\d{1,2}))?$/.exec(typed?.trim() ?? "")?.slice(1, 3).filter(Boolean).join(".") ?? null;
}
