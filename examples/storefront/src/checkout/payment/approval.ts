// A payment that the shopper approves on the provider's page before the order is placed, as with PayPal. The page is left
// meanwhile, so the source waits in the storage of this tab. It has no secret and nothing personal.

import { ofThisTab } from "../../parts/storage";

export interface Approval {
  sourceId: string;
  /** Whether the shopper has come back from the provider's page. */
  hasReturned?: boolean;
}

const NAME = "shop.approval";

export function storeApproval(approval: Approval): void {
  ofThisTab.setItem(NAME, JSON.stringify(approval));
}

/** The payment that is to be approved; null if there is none. It waits until the gateway has answered whether it can pay. */
export function storedApproval(): Approval | null {
  const stored = ofThisTab.getItem(NAME);
  return stored === null ? null : (JSON.parse(stored) as Approval);
}

export function removeApproval(): void {
  ofThisTab.removeItem(NAME);
}
