// What a country asks of a purchase: the schemas of its tax identifiers.

/**
 * The specs of the country in which a payment session, or the given country and seller, sells; null without any.
 * @param {{sessionId?: string, country?: string, sellingEntity?: string}} market
 */
async function countrySpecs(instance, { sessionId, country, sellingEntity }) {
  let query = { country, sellingEntity };
  if (sessionId) {
    const { sessionInformation } = await retrieveAvailablePaymentMethods(instance, { sessionId });
    if (!sessionInformation) return null;
    query = { country: sessionInformation.country, sellingEntity: sessionInformation.sellingEntityId };
  }
  const { value } = await outcomeOf(callService(instance.service, "GET", "/country-specs", { query }));
  return value?.data[0] ?? null;
}

/** Throws unless the options name a payment session, or a country and a seller. */
function checkMarket(type, name, market) {
  if (market?.sessionId || (market?.country && market.sellingEntity)) return;
  throw new Error(`The element ${type} needs ${name}.sessionId, or ${name}.country and ${name}.sellingEntity.`);
}
