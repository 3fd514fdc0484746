// A payment that the shopper approves on the provider's page before the order is placed, as with PayPal. The page is left
// meanwhile, so the source waits in the storage of this tab. It has no secret and nothing personal.

export interface Approval {
  sourceId: string;
}

const NAME = "shop.approval";

export function storeApproval(approval: Approval): void {
  sessionStorage.setItem(NAME, JSON.stringify(approval));
}

/** The payment that was to be approved; null if there is none. It can be taken once. */
export function takeApproval(): Approval | null {
  const stored = sessionStorage.getItem(NAME);
  sessionStorage.removeItem(NAME);
  return stored === null ? null : (JSON.parse(stored) as Approval);
}
