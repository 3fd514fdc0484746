import type { OrderState } from "../graph/schema.generated";
import type { CheckoutTexts } from "../texts/en/checkout";

/** What the state of an order means for the shopper: what happened to the money, and what is left to do. */
export function wordsFor(state: OrderState | undefined, wasWaiting: boolean, texts: CheckoutTexts) {
  switch (state) {
    case "SOURCE_PENDING_FUNDS":
    case "PENDING_PAYMENT":
      return { title: texts.waitingTitle, text: texts.waitingText };
    case "SOURCE_PENDING_REDIRECT":
      return { title: texts.approvalTitle, text: texts.waitsForApprovalText };
    case "CHARGE_PENDING":
      return { title: texts.placedTitle, text: texts.processingText };
    case "IN_REVIEW":
      return { title: texts.placedTitle, text: texts.reviewText };
    case "CANCELLED":
      return { title: texts.cancelledTitle, text: texts.cancelledText };
    default:
      return { title: texts.placedTitle, text: wasWaiting ? texts.paidText : texts.placedText };
  }
}
