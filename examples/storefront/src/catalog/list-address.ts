import { useLocation, useSearchParams } from "react-router";

/** How many products are shown: the parameter that does not say which list it is. */
export const SHOWN = "shown";

interface ListAddress {
  /** The parameters that the page shows. */
  parameters: URLSearchParams;
  /** Those of the address, a copy. They are newer than the shown ones while the page is busy. */
  now: () => URLSearchParams;
  /** Whether the address is still that of the shown list, however much of it is shown. */
  isShown: () => boolean;
  set: (parameters: URLSearchParams, options?: { replace: boolean }) => void;
}

/** What the shopper has chosen in a list of products. A change begins with `now()`, so that it keeps the others. */
export function useListAddress(): ListAddress {
  const { pathname } = useLocation();
  const [parameters, setParameters] = useSearchParams();
  // On the way to another page, the address is that of the other page already.
  const now = () => new URLSearchParams(window.location.pathname === pathname ? window.location.search : parameters);
  return {
    parameters,
    now,
    isShown: () => window.location.pathname === pathname && listOf(now()) === listOf(parameters),
    set: (next, options) => setParameters(next, { ...options, preventScrollReset: true }),
  };
}

function listOf(parameters: URLSearchParams): string {
  const list = new URLSearchParams(parameters);
  list.delete(SHOWN);
  return list.toString();
}
