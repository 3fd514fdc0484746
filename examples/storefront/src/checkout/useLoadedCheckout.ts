import { skipToken, useQuery } from "@apollo/client/react";
import { useMemo } from "react";
import { CheckoutAccountDocument, CheckoutPageDocument, CheckoutSettingsDocument } from "./checkout.generated";
import { type Failure, known, useRead } from "../graph/use-read";
import { useMarket } from "../market/MarketProvider";
import { ready } from "./order/stage";
import type { OrderControl } from "./order/useOrder";
import { type Checkout, useOneChange } from "./useCheckout";

export type Loaded =
  | { kind: "loading" }
  | ({ kind: "failed" } & Failure)
  | { kind: "empty"; hasSession: boolean }
  | { kind: "loaded"; checkout: Checkout; failure: Failure | null };

/** The checkout, read from the graph. What only an account has may fail without harm. */
export function useLoadedCheckout({ stage, setStage }: OrderControl): Loaded {
  const { locale } = useMarket().market;
  const { isBusy, change } = useOneChange(setStage);
  const query = useQuery(CheckoutPageDocument, { fetchPolicy: "cache-and-network", nextFetchPolicy: "cache-first" });
  const session = known(useRead(query, (data) => data.session));
  const read = useRead(query, (data) => data.cart);
  const settingsRead = useRead(useQuery(CheckoutSettingsDocument), (data) => data.storefront);
  const isRegistered = session?.level === "REGISTERED";
  const accountRead = useRead(useQuery(CheckoutAccountDocument, isRegistered ? {} : skipToken), (data) => data.shopper);
  const cart = known(read);
  const settings = known(settingsRead);
  const account = isRegistered ? known(accountRead) : null;
  const isAccountLoading = isRegistered && accountRead.kind === "loading";
  const checkout = useMemo(() => {
    if (!cart || !settings) return null;
    const notify: Checkout["notify"] = (notice) => setStage(ready(notice));
    return { cart, settings, account, isRegistered, locale, stage, setStage, notify, isBusy, change };
  }, [account, cart, change, isBusy, isRegistered, locale, setStage, settings, stage]);

  if (read.kind === "failed") return read;
  if (read.kind === "loading") return read;
  if (!cart || cart.totalQuantity === 0) return { kind: "empty", hasSession: session !== null };
  if (settingsRead.kind === "failed") return settingsRead;
  if (!checkout || isAccountLoading) return { kind: "loading" };
  return { kind: "loaded", checkout, failure: read.kind === "known" ? read.failure : null };
}
