import type { FieldPolicy } from "@apollo/client/cache";

/**
 * A page, or the information about one, as the cache stores it. In a market, `inContextTransform` marks each field, and its
 * name in the cache ends with the market: `nodes@inContext(…)`.
 */
type Stored = Readonly<Record<string, unknown>>;

/**
 * Policy of a connection: the pages that `fetchMore` reads are joined. Select `pageInfo { startCursor endCursor }`. A page
 * that is there already, because it was read twice, changes nothing; one that does not follow the ones before replaces them.
 *
 * `filters` are the arguments that do not choose the page. Lists with other filters, or in another market, are kept apart.
 */
export function connection(filters: readonly string[]): FieldPolicy<Stored> {
  return {
    keyArgs: [...filters, "@inContext", ["locale", "currencyCode"]],
    merge(existing, incoming, { args }) {
      const { after, before } = (args ?? {}) as { after?: string | null; before?: string | null };
      const known = valueOf(existing, "pageInfo") as Stored | undefined;
      if (existing && after && after === valueOf(known, "endCursor")) return joined(existing, incoming, incoming);
      if (existing && before && before === valueOf(known, "startCursor")) return joined(incoming, existing, incoming);
      return existing && (after || before) && contains(existing, incoming) ? existing : incoming;
    },
  };
}

function storedName(object: Stored, field: string): string | undefined {
  return Object.keys(object).find((name) => name === field || name.startsWith(`${field}@`));
}

function valueOf(object: Stored | undefined, field: string): unknown {
  return object?.[storedName(object, field) ?? ""];
}

const LISTS = ["edges", "nodes"];

function itemsOf(page: Stored, list: string): readonly unknown[] {
  return (valueOf(page, list) as readonly unknown[] | undefined) ?? [];
}

/** Whether all that a page lists is in the list. The cache has references in place of objects with an id. */
function contains(list: Stored, page: Stored): boolean {
  const written = (each: Stored) => LISTS.flatMap((name) => itemsOf(each, name)).map((item) => JSON.stringify(item));
  const known = new Set(written(list));
  return written(page).every((item) => known.has(item));
}

function joined(first: Stored, last: Stored, latest: Stored): Stored {
  const page: Record<string, unknown> = { ...latest };
  for (const list of LISTS) {
    const name = storedName(latest, list);
    if (name) page[name] = [...itemsOf(first, list), ...itemsOf(last, list)];
  }
  const name = storedName(latest, "pageInfo");
  if (name) page[name] = { ...(valueOf(first, "pageInfo") as Stored), ...endOf(valueOf(last, "pageInfo") as Stored) };
  return page;
}

function endOf(pageInfo: Stored = {}): Stored {
  const names = ["endCursor", "hasNextPage"].flatMap((field) => storedName(pageInfo, field) ?? []);
  return Object.fromEntries(names.map((name) => [name, pageInfo[name]]));
}
