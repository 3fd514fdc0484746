import { useTexts } from "../../texts";
import type { BillingAddress, Source } from "./digitalRiver";
import { DropIn, type DropInSetup } from "./DropIn";
import { returnUrl, useDigitalRiver } from "./useDigitalRiver";

interface Props {
  dropIn: DropInOfSession;
  onSource: (source: Source, isForStorage: boolean) => void;
  /** Called when the shopper has left the payment, or when it was not accepted. The drop-in says which. */
  onUnpaid: () => void;
}

interface DropInOfSession {
  sessionId: string;
  usage: string;
  allowsStorage: boolean;
  billingAddress?: object | null;
}

/** The drop-in that pays for the cart. */
export function DropInForm({ dropIn, ...handlers }: Props) {
  const { checkout } = useTexts();
  return <DropIn load={useDigitalRiver()} setup={setupOf(dropIn)} failedText={checkout.formFailed} {...handlers} />;
}

function setupOf({ sessionId, usage, allowsStorage, billingAddress }: DropInOfSession): DropInSetup {
  const back = returnUrl();
  return {
    sessionId,
    ...(billingAddress ? { billingAddress: billingAddress as BillingAddress } : {}),
    options: {
      flow: "checkout",
      showSavePaymentAgreement: allowsStorage,
      // The page has both beside the button that places the order.
      showComplianceSection: false,
      showTermsOfSaleDisclosure: false,
      button: { type: "continue" },
      usage: usage.toLowerCase(),
      // The order is placed by this page, so it also decides when the shopper leaves it.
      redirect: {
        disableAutomaticRedirects: true,
        disableAutomaticRedirectsPaypal: true,
        returnUrl: back,
        cancelUrl: back,
      },
    },
    paymentMethodConfiguration: { style: {} },
  };
}
