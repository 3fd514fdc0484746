import { useQuery } from "@apollo/client/react";
import { ShellDocument } from "../generated/graphql";

/** Who is signed in, and how much is in the cart. One query for the whole page. */
export function useShell() {
  const { data, loading } = useQuery(ShellDocument);
  return {
    isLoading: loading && !data,
    session: data?.session ?? null,
    shopper: data?.session?.shopper ?? null,
    itemsInCart: data?.cart?.totalQuantity ?? 0,
  };
}
