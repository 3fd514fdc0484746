import type { FieldPolicy } from "@apollo/client/cache";

interface Page {
  edges?: readonly unknown[];
  nodes?: readonly unknown[];
  pageInfo?: { startCursor?: string | null; endCursor?: string | null; hasNextPage?: boolean; hasPreviousPage?: boolean };
}

/**
 * Policy of a connection: the pages that `fetchMore` reads are joined. Select `pageInfo { startCursor endCursor }`; a
 * page that does not follow the ones before replaces them.
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
      return incoming;
    },
  };
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
