import { useEffect, useRef, useState } from "react";
import { useCheckout } from "../useCheckout";
import { useDigitalRiver } from "./useDigitalRiver";

/** Address of the seller's terms of sale; null until DigitalRiver.js has named it. */
export function useTermsUrl(): string | null {
  const { cart, locale } = useCheckout();
  const load = useDigitalRiver();
  const [url, setUrl] = useState<string | null>(null);
  const entity = cart.businessEntityCode;
  useEffect(() => {
    if (!entity) return;
    let isGone = false;
    load()
      .then(({ Compliance }) => Compliance.getDetails(entity, locale).disclosure["termsOfSale"]?.url ?? null)
      .then((found) => isGone || setUrl(found))
      .catch(() => isGone || setUrl(null));
    return () => {
      isGone = true;
    };
  }, [load, entity, locale]);
  return url;
}

/** The legal links of the company that sells, drawn by DigitalRiver.js. */
export function Compliance() {
  const { cart, locale } = useCheckout();
  const load = useDigitalRiver();
  const container = useRef<HTMLDivElement>(null);
  const entity = cart.businessEntityCode;
  useEffect(() => {
    if (!entity) return;
    const node = document.createElement("div");
    container.current?.append(node);
    let remove = () => node.remove();
    let isGone = false;
    load()
      .then((digitalRiver) => {
        if (isGone) return;
        const element = digitalRiver.createElement("compliance", { compliance: { entity, locale } });
        element.mount(node);
        remove = () => {
          element.destroy();
          node.remove();
        };
      })
      .catch(() => {}); // The order can be placed without the links; the terms are named above.
    return () => {
      isGone = true;
      remove();
    };
  }, [load, entity, locale]);
  return <div className="compliance small" ref={container} />;
}
