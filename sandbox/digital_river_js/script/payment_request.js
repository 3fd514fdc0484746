// `paymentRequest(data)`: what Apple Pay and Google Pay show and ask for.

class PaymentRequestData {
  /** @param {object} data see `checkPaymentRequest` */
  constructor(data) {
    checkPaymentRequest(data);
    this.data = data;
  }
}

/** Throws if something is missing. With a `sessionId`, the payment session knows items and shipping. */
function checkPaymentRequest(data) {
  if (data === null || typeof data !== "object") throw new Error("paymentRequest needs an object.");
  const { sessionId, country, currency, total, displayItems, requestShipping } = data;
  const needed = {
    country: typeof country === "string",
    currency: typeof currency === "string",
    "total.label": typeof total?.label === "string",
    "total.amount": typeof total?.amount === "number",
    requestShipping: sessionId !== undefined || typeof requestShipping === "boolean",
    displayItems: sessionId !== undefined || (Array.isArray(displayItems) && displayItems.every(isDisplayItem)),
  };
  const wrong = Object.keys(needed).filter((name) => !needed[name]);
  if (wrong.length) throw new Error(`paymentRequest needs: ${wrong.join(", ")}.`);
}

function isDisplayItem(item) {
  return typeof item?.label === "string" && typeof item.amount === "number";
}

/** What a storefront may answer to a change of address or shipping. */
function checkUpdate(update) {
  if (update === null || typeof update !== "object" || Array.isArray(update)) {
    throw new Error("updateWith needs an object.");
  }
  if (!["success", "failure"].includes(update.status)) throw new Error("The status must be success or failure.");
}
