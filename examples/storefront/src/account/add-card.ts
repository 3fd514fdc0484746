import type { BillingAddress } from "../checkout/payment/digitalRiver";
import type { DropInSetup } from "../checkout/payment/DropIn";
import { paths } from "../paths";

/** What the new card is for, in the address of the page. It is also the last part of the path of the subscriptions. */
export const FOR_SUBSCRIPTIONS = "subscriptions";

export const addCardPaths = {
  forPurchases: `${paths.account}/cards/new`,
  forSubscriptions: `${paths.account}/cards/new?for=${FOR_SUBSCRIPTIONS}`,
};

interface DropInOfAccount {
  usage: string;
  billingAddress: object | null;
}

/** The drop-in that saves without buying. It has no payment session, and the shopper must agree to the storage. */
export function setupOf({ usage, billingAddress }: DropInOfAccount, buttonText: string): DropInSetup {
  return {
    ...(billingAddress ? { billingAddress: billingAddress as BillingAddress } : {}),
    options: {
      flow: "managePaymentMethods",
      showComplianceSection: true,
      // Nothing is sold here. The shopper has agreed to the renewals with the order of the subscription.
      showTermsOfSaleDisclosure: false,
      button: { type: "custom", buttonText },
      usage: usage.toLowerCase(),
    },
    paymentMethodConfiguration: { style: {} },
  };
}
