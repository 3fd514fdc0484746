import { useState } from "react";
import type { WarningPartsFragment } from "../graph/parts.generated";
import {
  ApplyCouponDocument,
  ChangeCartLineDocument,
  RemoveCartLineDocument,
  RemoveOfferDocument,
} from "./cart.generated";
import { useChange } from "../graph/use-change";
import type { Problem } from "../problems/problem";

export interface CartChanges {
  setQuantity: (lineId: string, quantity: number) => Promise<boolean>;
  removeLine: (lineId: string) => Promise<boolean>;
  applyCoupon: (code: string) => Promise<boolean>;
  removeOffer: (offerId: string) => Promise<boolean>;
  isBusy: boolean;
  /** About lines, and about coupons and offers. */
  lineProblems: readonly Problem[];
  couponProblems: readonly Problem[];
  /** Of the last change: what it had for side effects. */
  warnings: readonly WarningPartsFragment[];
}

/** All changes of the cart page. Each answer has the whole cart, so that everything that is shown is of one state. */
export function useCartChanges(): CartChanges {
  const [warnings, setWarnings] = useState<readonly WarningPartsFragment[]>([]);
  const quantity = useChange(ChangeCartLineDocument, (data) => data.updateCartLines);
  const removal = useChange(RemoveCartLineDocument, (data) => data.removeCartLines);
  const coupon = useChange(ApplyCouponDocument, (data) => data.applyOffer);
  const offer = useChange(RemoveOfferDocument, (data) => data.removeOffer);

  async function accepted(change: Promise<{ warnings: readonly WarningPartsFragment[] } | null>): Promise<boolean> {
    for (const each of [quantity, removal, coupon, offer]) each.clear();
    const payload = await change;
    setWarnings(payload?.warnings ?? []);
    return payload !== null;
  }

  return {
    setQuantity: (lineId, number) => accepted(quantity.send({ lineId, quantity: number })),
    removeLine: (lineId) => accepted(removal.send({ lineId })),
    applyCoupon: (code) => accepted(coupon.send({ code })),
    removeOffer: (offerId) => accepted(offer.send({ offerId })),
    isBusy: [quantity, removal, coupon, offer].some(({ isBusy }) => isBusy),
    lineProblems: [...quantity.problems, ...removal.problems],
    couponProblems: [...coupon.problems, ...offer.problems],
    warnings,
  };
}
