import type { CheckoutSourceFragment } from "../checkout.generated";
import type { CheckoutTexts } from "../../texts/en/checkout";

/** Names that are the same in every language. */
const BRANDS: Record<string, string> = {
  afterPay: "Afterpay",
  alipay: "Alipay",
  alipayCn: "Alipay+",
  amazonPay: "Amazon Pay",
  applePay: "Apple Pay",
  bancontact: "Bancontact",
  blik: "BLIK",
  boletoBancario: "Boleto",
  ccavenue: "CCAvenue",
  clearPay: "Clearpay",
  fpxOnlineBanking: "FPX",
  googlePay: "Google Pay",
  ideal: "iDEAL",
  klarnaCredit: "Klarna",
  klarnaCreditRecurring: "Klarna",
  msts: "TreviPay",
  payco: "PayCo",
  payPal: "PayPal",
  payPalBilling: "PayPal",
  payPalCredit: "PayPal Credit",
  trustly: "Trustly",
};

/** The last month of a card, as the card has it: 08/2030. Null if it is not known. */
export function expiryOf(source: CheckoutSourceFragment): string | null {
  if (source.__typename !== "CardSource" || !source.expiryMonth || !source.expiryYear) return null;
  return `${String(source.expiryMonth).padStart(2, "0")}/${source.expiryYear}`;
}

export function methodName(type: string, texts: CheckoutTexts): string {
  return BRANDS[type] ?? (texts.methods as Record<string, string | undefined>)[type] ?? type;
}

/** How a shopper recognises what pays: a card by its last digits, another source by its payment method. */
export function sourceName(
  source: CheckoutSourceFragment,
  texts: CheckoutTexts,
  methods: readonly { type: string; displayName: string }[] = [],
): string {
  const method = methods.find(({ type }) => type === source.type)?.displayName ?? methodName(source.type, texts);
  switch (source.__typename) {
    case "CardSource":
      return source.lastFourDigits ? texts.cardEnding(source.brand ?? method, source.lastFourDigits) : method;
    case "WalletSource":
      return source.lastFourDigits
        ? `${method}, ${texts.cardEnding(source.brand ?? "", source.lastFourDigits).trim()}`
        : method;
    case "StoreCreditSource":
      return texts.storeCredit;
    default:
      return method;
  }
}
