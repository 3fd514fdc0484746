// What Drop-in asks for each payment method, and what it sends. A method that is not listed has no fields of its own.

const DROPIN_METHODS = {
  amazonPay: { isLeftOut: true },
  creditCard: { elements: ["cardnumber", "cardexpiration", "cardcvv"] },
  googlePay: { wallet: "googlepay" },
  applePay: { wallet: "applepay" },
  payPal: { isPayPal: true },
  payPalBilling: { isPayPal: true },
  payPalCredit: { isPayPal: true },
  onlineBanking: { elements: ["onlinebanking"], isBank: true },
  ideal: { bare: "ideal", isBank: true },
  bankTransfer: { isBank: true },
  fpxOnlineBanking: { isBank: true },
  konbini: { elements: ["konbini"], inputs: ["lastName", "firstName"], note: "byStore" },
  directDebit: { elements: ["iban"], isBank: true },
  ccavenue: { inputs: ["phoneNumber"] },
  msts: { bare: "msts" },
  boletoBancario: { inputs: ["nationalId"], needsAddresses: true },
};

const DROPIN_CARD_BRANDS = {
  visa: "Visa",
  mastercard: "Mastercard",
  amex: "American Express",
  discover: "Discover",
  dinersclub: "Diners Club",
  jcb: "JCB",
  unionpay: "UnionPay",
};

const LAWSON = "060";

const FULL_WIDTH = /^[^\u0000-\u00ff]+$/;

// Inputs that some payment methods need. `isNeeded` decides by the billing address and by the fields above.
const DROPIN_INPUTS = {
  lastName: { autocomplete: "family-name", pattern: FULL_WIDTH, isNeeded: needsFullWidthName },
  firstName: { autocomplete: "given-name", pattern: FULL_WIDTH, isNeeded: needsFullWidthName },
  phoneNumber: {
    autocomplete: "tel",
    inputmode: "tel",
    pattern: /^(\D*\d){10}\D*$/,
    isNeeded: (owner) => !/^(\D*\d){10}\D*$/.test(owner.phoneNumber ?? ""),
  },
  nationalId: {
    inputmode: "numeric",
    hint: "nationalIdHint",
    pattern: /^([\s.\-/]*\d){11}(([\s.\-/]*\d){3})?[\s.\-/]*$/,
    isNeeded: () => true,
  },
};

function needsFullWidthName(owner, choices) {
  return (
    choices.konbini === LAWSON && !(FULL_WIDTH.test(owner.lastName ?? "") && FULL_WIDTH.test(owner.firstName ?? ""))
  );
}

function dropinMethod(type) {
  return { elements: [], inputs: [], ...DROPIN_METHODS[type] };
}

// The payment methods that Drop-in lists, the card first: it is what most shoppers look for.
function listedMethods(methods, configuration, { managesMethods }) {
  const listed = methods.filter(
    (method) =>
      !dropinMethod(method.type).isLeftOut &&
      isMethodEnabled(method.type, configuration.paymentMethodConfiguration) &&
      (!managesMethods || method.supportsStorage),
  );
  return [...listed.filter(({ type }) => type === "creditCard"), ...listed.filter(({ type }) => type !== "creditCard")];
}

// The sentence that explains what happens after the button was clicked; undefined if nothing has to be explained.
function methodNote(method, { opensWindow }) {
  const { wallet, note, isPayPal } = dropinMethod(method.type);
  if (note || wallet) {
    return note ?? "byWallet";
  }
  if (method.flow === "receiver") {
    return "byInstructions";
  }
  if (method.flow !== "redirect") {
    return undefined;
  }
  return opensWindow ? "byWindow" : isPayPal ? "byApproval" : "byRedirect";
}

// The data of createSource. `inputs` are the values of the inputs, `addresses` the return addresses of a redirect.
function sourceData(dropin, method, { inputs = {}, addresses = {}, isStored = false } = {}) {
  const { configuration, options } = dropin;
  const { nationalId, ...ownerInputs } = inputs;
  const data = { type: method.type };
  if (dropin.sessionId) {
    data.sessionId = dropin.sessionId;
  }
  if (configuration.billingAddress) {
    data.owner = { ...configuration.billingAddress, ...ownerInputs };
  }
  if (method.type !== "creditCard") {
    const needsAddresses = method.flow === "redirect" || dropinMethod(method.type).needsAddresses;
    data[method.type] = { ...(needsAddresses && addresses), ...(nationalId && { nationalId }) };
  }
  const terms = agreedTerms(dropin, method, isStored);
  if (terms) Object.assign(data, { futureUse: true, mandate: { terms } }, options.usage && { usage: options.usage });
  return data;
}
