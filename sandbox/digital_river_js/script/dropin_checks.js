// What createDropin throws for, and the options of a configuration with their defaults.

const DROPIN_ADDRESS_FIELDS = [
  "firstName",
  "lastName",
  "email",
  "phoneNumber",
  "address",
  "address.line1",
  "address.country",
];

// The saved payment methods that Drop-in can list, each with the fields that it needs.
const DROPIN_SAVED_FIELDS = {
  creditCard: ["id", "brand", "lastFour"],
  payPal: ["id"],
  storeCredit: ["id", "amount", "displayName"],
};

const DROPIN_BUTTONS = ["continue", "payNow", "buyNow", "completeOrder", "submitOrder"];

function checkDropinConfiguration(configuration) {
  const { sessionId, billingAddress, options = {} } = configuration;
  const managesMethods = options.flow === "managePaymentMethods";
  if (!managesMethods && !sessionId) {
    throw new Error("Please provide a sessionId");
  }
  if (managesMethods && !sessionId && Object.keys(billingAddress ?? {}).length === 0) {
    throw new Error("Please provide a billingAddress");
  }
  if (billingAddress !== undefined && billingAddress !== null) {
    checkBillingAddress(billingAddress);
  }
  checkMethodFilters(configuration.paymentMethodConfiguration ?? {});
  checkRedirectOptions(options.redirect);
}

function checkBillingAddress(billingAddress) {
  for (const path of DROPIN_ADDRESS_FIELDS) {
    const value = path.split(".").reduce((object, name) => object?.[name], billingAddress);
    const isEmpty = typeof value === "object" ? Object.keys(value ?? {}).length === 0 : !value;
    if (isEmpty) {
      throw new Error(`Please provide a billingAddress.${path}`);
    }
  }
}

function checkMethodFilters({ enabledPaymentMethods = [], disabledPaymentMethods = [] }) {
  for (const type of disabledPaymentMethods) {
    if (enabledPaymentMethods.includes(type)) {
      throw new Error(`Payment method ${type} cannot be enabled and disabled.`);
    }
  }
}

function checkRedirectOptions(redirect) {
  if (redirect?.disableAutomaticRedirects !== true) {
    return;
  }
  for (const name of ["returnUrl", "cancelUrl"]) {
    if (!redirect[name]) {
      throw new Error(`Please provide options.redirect.${name}`);
    }
  }
}

// Saved payment methods that can be listed. The console explains why others are left out.
function listableSavedMethods(saved = []) {
  return saved.filter((method) => {
    const needed = DROPIN_SAVED_FIELDS[method.type];
    const missing = needed?.filter((name) => method[name] === undefined);
    if (needed === undefined) {
      console.warn(`Drop-in cannot list a saved payment method of the type ${method.type}.`);
    } else if (missing.length > 0) {
      console.warn(`A saved payment method of the type ${method.type} lacks ${missing.join(", ")}.`);
    }
    return needed !== undefined && missing.length === 0;
  });
}

function dropinOptions(configuration) {
  const { options = {} } = configuration;
  const managesMethods = options.flow === "managePaymentMethods";
  return {
    managesMethods,
    recurringModel: managesMethods ? (options.recurringModel ?? "COF") : undefined,
    showsCompliance: options.showComplianceSection !== false,
    asksToSave: options.showSavePaymentAgreement === true && !managesMethods,
    showsTerms: options.showTermsOfSaleDisclosure === true && !managesMethods,
    storesForSubscription:
      managesMethods && options.usage === "subscription" && options.showTermsOfSaleDisclosure === true,
    consents: dropinConsents(options.consents),
    usage: options.usage,
    redirect: options.redirect?.disableAutomaticRedirects === true ? options.redirect : undefined,
    redirectsPayPal: options.redirect?.disableAutomaticRedirectsPaypal === true,
    expandsFirst: options.expandFirstPaymentMethod !== false,
    skipsZero: options.skipPaymentForZeroDollarOrders === true,
    button: options.button ?? {},
  };
}

function dropinConsents(consents) {
  if (typeof consents?.companyName !== "string") {
    return undefined;
  }
  const address = (document) => (/^https?:/i.test(document?.url ?? "") ? document.url : undefined);
  const urls = { eula: address(consents.eula), termsOfUse: address(consents.termsOfUse) };
  return urls.eula || urls.termsOfUse ? { company: consents.companyName, ...urls } : undefined;
}

function dropinButtonText({ type = "continue", buttonText }, text) {
  if (type.toLowerCase() === "custom" && buttonText) {
    return buttonText;
  }
  return text(DROPIN_BUTTONS.find((known) => known.toLowerCase() === type.toLowerCase()) ?? "continue");
}

// Whether the configuration lets a payment method of the session be listed. It cannot add one.
function isMethodEnabled(type, { enabledPaymentMethods = [], disabledPaymentMethods = [] } = {}) {
  return enabledPaymentMethods.length > 0
    ? enabledPaymentMethods.includes(type)
    : !disabledPaymentMethods.includes(type);
}
