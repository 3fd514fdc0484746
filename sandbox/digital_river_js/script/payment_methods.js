// What can pay: the available payment methods, the banks of online banking, and the stores of konbini.

const METHOD_FILTERS = ["sessionId", "currency", "country", "supportsStorage", "supportsRecurring", "supportsFreeTrial"];

/** The banks of online banking: `{bankCode, bankName}` each. Empty if there are none, or the list cannot be read. */
function retrieveOnlineBankingBanks(instance, country, currency) {
  return listOrEmpty(instance, "/payments/online-banking/banks", { country, currency });
}

/** The stores of konbini: `{storeId, storeName, localizedStoreName, storeLogoUrl}` each. */
function retrieveKonbiniStores(instance) {
  return listOrEmpty(instance, "/payments/konbini/stores", {});
}

async function listOrEmpty(instance, path, query) {
  const { value } = await outcomeOf(callService(instance.service, "GET", path, { query }));
  return value ?? [];
}

/** The available payment methods, or the error of the payment service: `{type, errors}`. */
async function retrieveAvailablePaymentMethods(instance, filters = {}) {
  const query = Object.fromEntries(METHOD_FILTERS.map((name) => [name, filters[name]]));
  query.locale = instance.locale.replace("-", "_");
  const { value, error } = await outcomeOf(callService(instance.service, "GET", "/payments/payment-methods", { query }));
  return value ?? error;
}
