import { useQuery } from "@apollo/client/react";
import { ShellDocument } from "./session.generated";

/** Who is signed in, and how much is in the cart. One query for the whole page. */
export function useShell() {
  const { data: now, previousData, loading } = useQuery(ShellDocument);
  // Without a connection, what was known before is better than an empty cart.
  const data = now ?? previousData;
  return {
    isLoading: loading && !data,
    session: data?.session ?? null,
    shopper: data?.session?.shopper ?? null,
    itemsInCart: data?.cart?.totalQuantity ?? 0,
  };
}
