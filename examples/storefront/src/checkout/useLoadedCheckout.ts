import { skipToken, useQuery } from "@apollo/client/react";
import { useCallback, useEffect, useMemo } from "react";
import { CheckoutAccountDocument, CheckoutPageDocument, CheckoutSettingsDocument } from "./checkout.generated";
import { useMarket } from "../market/MarketProvider";
import { ready } from "./order/stage";
import type { OrderControl } from "./order/useOrder";
import { type Checkout, useOneChange } from "./useCheckout";

export type Loaded =
  | { kind: "loading" }
  | { kind: "failed"; error: unknown; retry: () => void }
  | { kind: "empty"; hasSession: boolean }
  | { kind: "loaded"; checkout: Checkout };

/** The checkout, read from the graph. What only an account has may fail without harm. */
export function useLoadedCheckout({ stage, setStage }: OrderControl): Loaded {
  const { locale } = useMarket().market;
  const { isBusy, change } = useOneChange(setStage);
  const page = useQuery(CheckoutPageDocument, { fetchPolicy: "cache-and-network", nextFetchPolicy: "cache-first" });
  const settings = useQuery(CheckoutSettingsDocument);
  const isRegistered = page.data?.session?.level === "REGISTERED";
  const account = useQuery(CheckoutAccountDocument, isRegistered ? {} : skipToken);
  const cart = page.data?.cart;
  const isAccountLoading = isRegistered && account.loading && !account.data;
  const checkout = useMemo(() => {
    if (!cart || !settings.data?.storefront) return null;
    const notify: Checkout["notify"] = (notice) => setStage(ready(notice));
    return {
      cart,
      settings: settings.data.storefront,
      account: account.data?.shopper ?? null,
      isRegistered,
      locale,
      stage,
      setStage,
      notify,
      isBusy,
      change,
    };
  }, [account.data, cart, change, isBusy, isRegistered, locale, setStage, settings.data, stage]);

  const error = page.data ? settings.error : page.error;
  const { refetch } = page;
  const { refetch: refetchSettings } = settings;
  const retry = useCallback(() => {
    void Promise.allSettled([refetch(), refetchSettings()]);
  }, [refetch, refetchSettings]);
  useEffect(() => {
    if (!error) return;
    window.addEventListener("online", retry);
    return () => window.removeEventListener("online", retry);
  }, [error, retry]);
  if (error && !checkout) return { kind: "failed", error, retry };
  if (!page.data || !settings.data || isAccountLoading) return { kind: "loading" };
  if (!checkout || checkout.cart.totalQuantity === 0) return { kind: "empty", hasSession: page.data.session !== null };
  return { kind: "loaded", checkout };
}
