import { useQuery } from "@apollo/client/react";
import { ShellDocument } from "./session.generated";
import { known, useRead } from "./use-read";

/** Who is signed in, and how much is in the cart. One query for the whole page. */
export function useShell() {
  const query = useQuery(ShellDocument);
  const read = useRead(query, (data) => data.session);
  const cart = known(useRead(query, (data) => data.cart));
  const session = known(read);
  return { read, session, shopper: session?.shopper ?? null, itemsInCart: cart?.totalQuantity ?? 0 };
}
