import type { FieldPolicy } from "@apollo/client/cache";

interface Page {
  edges?: readonly unknown[];
  nodes?: readonly unknown[];
  pageInfo?: { startCursor?: string | null; endCursor?: string | null; hasNextPage?: boolean; hasPreviousPage?: boolean };
}

/**
 * Policy of a connection: the pages that `fetchMore` reads are joined. Select `pageInfo { startCursor endCursor }`. A page
 * that is there already, because it was read twice, changes nothing; one that does not follow the ones before replaces them.
 *
 * `filters` are the arguments that do not choose the page. Lists with other filters, or in another market, are kept apart.
 */
export function connection(filters: readonly string[]): FieldPolicy<Page> {
  return {
    keyArgs: [...filters, "@inContext", ["locale", "currencyCode"]],
    merge(existing, incoming, { args }) {
      const { after, before } = (args ?? {}) as { after?: string | null; before?: string | null };
      if (after && after === existing?.pageInfo?.endCursor) return joined(existing, incoming, incoming);
      if (before && before === existing?.pageInfo?.startCursor) return joined(incoming, existing, incoming);
      return (after || before) && existing && contains(existing, incoming) ? existing : incoming;
    },
  };
}

/** Whether all that a page lists is in the list. The cache has references in place of objects with an id. */
function contains(list: Page, page: Page): boolean {
  const itemsOf = ({ edges = [], nodes = [] }: Page) => [...edges, ...nodes].map((item) => JSON.stringify(item));
  const known = new Set(itemsOf(list));
  return itemsOf(page).every((item) => known.has(item));
}

function joined(first: Page, last: Page, latest: Page): Page {
  const page: Page = { ...latest };
  if (latest.edges) page.edges = [...(first.edges ?? []), ...(last.edges ?? [])];
  if (latest.nodes) page.nodes = [...(first.nodes ?? []), ...(last.nodes ?? [])];
  if (latest.pageInfo) page.pageInfo = { ...first.pageInfo, ...endOf(last.pageInfo) };
  return page;
}

function endOf({ endCursor, hasNextPage }: NonNullable<Page["pageInfo"]> = {}): Page["pageInfo"] {
  return { ...(endCursor === undefined ? {} : { endCursor }), ...(hasNextPage === undefined ? {} : { hasNextPage }) };
}
