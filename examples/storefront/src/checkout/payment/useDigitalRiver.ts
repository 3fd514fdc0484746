import { useCallback } from "react";
import { paths } from "../../paths";
import { useCheckout } from "../useCheckout";
import { type DigitalRiver, digitalRiver } from "./digitalRiver";

/** Last part of the path to which providers and banks send the shopper back. */
export const RETURN = "return";

export function returnUrl(): string {
  return new URL(`${paths.checkout}/${RETURN}`, location.href).href;
}

/** Loads DigitalRiver.js in the language of the page. */
export function useDigitalRiver(): () => Promise<DigitalRiver> {
  const { settings, locale } = useCheckout();
  const { publishableKey: publicKey, digitalRiverJs } = settings;
  const { scriptUrl, styleSheetUrl: styleUrl } = digitalRiverJs;
  return useCallback(
    () => digitalRiver({ publicKey, scriptUrl, styleUrl, locale }),
    [publicKey, scriptUrl, styleUrl, locale],
  );
}
