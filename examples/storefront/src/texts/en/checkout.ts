/** Words of the checkout, of the confirmation, and of what can happen in between. */
export const checkout = {
  title: "Checkout",
  empty: "Your cart is empty",
  emptyText: "A guest’s cart is closed after half an hour without use.",
  lastOrder: (number: string) => `Your order ${number} has been placed.`,
  showOrder: "Show the order",
  toShop: "Continue shopping",
  change: "Change",
  cancel: "Cancel",
  tryAgain: "Try again",
  notLoaded: "This part of the page could not be loaded.",
  signInOffer: "Do you have an account?",
  signIn: "Sign in",
  signedInAs: (name: string) => `You are signed in as ${name}.`,

  addressStep: "Contact and address",
  billing: "Billing address",
  shipping: "Delivery address",
  shippingSame: "Deliver to the billing address",
  country: "Country",
  otherAddress: "Another address",
  choose: "Please choose",
  optional: "optional",
  moreFields: (names: string[]) => `${names.join(", ")} (optional)`,
  missing: "Please fill in this field.",
  unusual: (example: string) =>
    `This looks unusual. A typical value is ${example}. If yours is right, continue once more.`,
  unusualNoExample: "This looks unusual. If it is right, continue once more.",
  emailReason: "For messages about your order.",
  phoneReason: "For questions about the delivery and the payment.",
  continue: "Continue",
  saving: "Saving …",
  suggestion: "The post office writes your address like this:",
  useSuggestion: "Use this address",
  keepMine: "Keep mine",

  deliveryStep: "Delivery",
  deliveryLater: "You can choose a delivery once we know your address.",

  taxStep: "Tax number",
  taxText: "For this country, we need your tax number.",
  save: "Save",

  paymentStep: "Payment",
  paymentLater: "You can choose a payment method once we know your address.",
  savedCards: "Your saved cards",
  cardEnding: (brand: string, digits: string) => `${brand} ending in ${digits}`,
  cardExpires: (date: string) => `Valid until ${date}`,
  cardExpired: "Expired",
  otherMethod: "Another payment method",
  useCard: "Use this card",
  credit: (amount: string) => `Use your store credit of ${amount}`,
  creditApplied: (amount: string) => `Your store credit pays ${amount}`,
  creditRemaining: (amount: string) => `${amount} is left to pay.`,
  creditPaysAll: "Nothing is left to pay.",
  formLoading: "The payment form is loading …",
  formFailed:
    "The payment form could not be loaded. Nothing was ordered, and no money was taken. Please check your " +
    "connection.",
  phoneMissing: "The payment form needs more of your billing address. Please complete it.",
  editAddress: "Edit the address",
  sourceFailed:
    "This payment was not accepted. Nothing was ordered, and no money was taken. Please check the details, or " +
    "choose another payment method.",
  leaving: "You are being taken to the payment …",
  approvalMissing:
    "You have not approved the payment. Nothing was ordered, and no money was taken. Please choose how you " +
    "want to pay.",
  sourceUnused: "Your payment is not used yet",
  sourceUnusedText:
    "It is not lost, and you need not enter or approve it again. Nothing was ordered, and no money was taken. Please " +
    "try again.",
  approvalUnused: "Your cart is empty, so the payment that you approved was not used. No money was taken.",
  approved: "Your payment is approved, but nothing is ordered yet. Please check your order, and place it below.",
  bankAsks: "Your bank wants to check that it is you",
  bankAsksText: "This takes a moment. Nothing is ordered, and no money is taken, before you place the order.",
  toBank: "Continue to your bank",
  bankRefused:
    "Your bank could not confirm that it is you. Nothing was ordered, and no money was taken. Please try " +
    "again, or pay in another way.",
  bankUnreachable:
    "Your bank could not be asked whether it is you. Nothing was ordered, and no money was taken. Please check your " +
    "connection and try again, or pay in another way.",
  storeCredit: "Store credit",
  methods: {
    creditCard: "Card",
    wireTransfer: "Wire transfer",
    directDebit: "SEPA direct debit",
    bankTransfer: "Bank transfer",
    onlineBanking: "Online banking",
    konbini: "Convenience store (Konbini)",
  },
  payOtherwise: "Pay in another way",

  reviewStep: "Check and order",
  reviewLater: "Here you check everything and place your order, once the payment method is chosen.",
  reviewUnchecked: "We are still checking your order. You can place it as soon as that is done.",
  summary: "Your order",
  quantity: (quantity: string) => `Quantity ${quantity}`,
  total: "Total",
  estimate: "Delivery and tax are added once we know your address.",
  estimateWithTax: "Delivery is added once we know your address.",
  taxIncluded: (amount: string) => `Includes ${amount} of tax.`,
  terms: (terms: string) => `I agree to the ${terms}.`,
  termsOfSale: "terms of sale",
  termsPassive: (terms: string) => `By placing the order, you agree to the ${terms}.`,
  termsMissing: "Please agree to the terms of sale.",
  placeOrder: (amount: string) => `Order and pay ${amount}`,
  placeFreeOrder: "Place the order",
  onlyNow: "Only this button places the order.",

  sending: "Your order is being sent",
  sendingText: "Please leave this page open. If it closes, open it again: it shows what became of your order.",
  checking: "We are looking up your order …",
  doubt: "We are checking whether your order was placed",
  doubtText:
    "The answer to your order is missing. It may have been placed. We keep asking, and show the result here. " +
    "Please do not order again.",
  offline: "You are offline, and we do not know yet whether your order was placed",
  offlineText: "As soon as you are online again, we look up what became of it. Please do not order again until then.",
  checkNow: "Check now",
  otherTab: "Your order is already being placed, perhaps in another tab",
  otherTabText: "This page shows the result as soon as it is known. Please do not order again.",
  notArrived:
    "Your order has not reached us. Please place it again: even if the first attempt still arrives, it is ordered and " +
    "paid once.",
  elsewhere: "We do not know whether your last order was placed",
  elsewhereArrived: "Your last order has reached us. Nothing new was ordered now",
  elsewhereText:
    "It was sent before your session ended or you signed out, so this page cannot show it. If it was placed, you have an " +
    "email with its number. Please look for it before you order again. If you were signed in, sign in to see it.",
  nothingOrdered: "Nothing was ordered, and no money was taken.",
  blocked: "Your order was not placed",
  totalChanged: (before: string, now: string) => `The total has changed from ${before} to ${now}`,
  totalChangedText:
    "Your order was changed, perhaps in another tab. Nothing was ordered, and no money was taken. Please " +
    "check the order. If you agree to the new total, place it again.",
  cartChanged: "Your order has changed",
  cartChangedText:
    "It was changed, perhaps in another tab. Nothing was ordered, and no money was taken. Please check the " +
    "order before you place it.",
  refused: "That did not work",
  failed: "We could not reach the shop. Please check your connection and try again.",
  ourFault:
    "The fault is ours, not yours. Nothing was ordered, and no money was taken. Please try again in a moment.",
  sessionEnded: "Your session has ended",
  sessionEndedText:
    "To protect your data, a session ends after half an hour without use. Nothing was ordered, and no money " +
    "was taken. If you have an account, sign in to find your cart again.",
  waitsForApproval: "Your payment is not finished",
  waitsForApprovalText:
    "Your order waits until you approve the payment. Until then, nothing is ordered and no money is taken.",
  toProvider: "Go on with the payment",
  givenUp:
    "The unfinished payment was cancelled. Nothing was ordered, and no money was taken. Please choose how you " +
    "want to pay.",
  openOrder: "We do not know yet what became of your last order.",
  openOrderLink: "Look it up",

  placedTitle: "Thank you for your order",
  placedText: "Your order has been placed. You need not do anything else.",
  paidText: "Your payment has arrived. You need not do anything else.",
  processingText:
    "Your order has been placed. Your bank is processing the payment, which can take a few days. You need not " +
    "do anything.",
  reviewText: "Your order has been placed and is being checked, which can take a day. You need not do anything.",
  cancelledTitle: "This order was cancelled",
  cancelledText: "If money was already taken, it is paid back.",
  approvalTitle: "This order waits for your approval",
  waitingTitle: "Please pay for your order now",
  waitingText:
    "Your order has been placed. We send it as soon as your payment has arrived. Nothing is taken from your " +
    "account by itself.",
  orderNumber: "Order number",
  payInstructions: "How to pay",
  amountToPay: "Amount",
  payReference: "Reference",
  payBefore: "Pay by",
  payDocument: "Open the payment slip",
  payNote: "Please give the reference, so that we can find your payment.",
  printPage: "Print these instructions",
  paymentMethod: "Payment",
  deliveryMethod: "Delivery",
  orderDetails: "Details",
  orderUnavailable:
    "The details of this order are not shown any more, because your session has ended. Your order stands.",
  orderNotFound: "We cannot find this order in your session.",
  lookUp: "Find an order with its number",

};

export type CheckoutTexts = typeof checkout;
