// The object that a storefront creates, with all its functions.

class DigitalRiver {
  #instance;

  /**
   * @param {string} publicKey the public key of the merchant
   * @param {{locale?: string}} [options] `locale`: language of labels and errors, such as `de-DE`
   */
  constructor(publicKey, options = {}) {
    if (typeof publicKey !== "string" || !publicKey) throw new Error("new DigitalRiver(key) needs the public key.");
    if (/^sk_/.test(publicKey)) throw new Error("This is a confidential key. It must never be in a browser.");
    this.#instance = {
      key: publicKey,
      locale: readLocale(options.locale),
      service: { url: SERVICE_URL, key: publicKey },
      /** Joins the card fields of this instance. Its frames find each other by it. */
      group: randomName(),
      elements: new Map(),
    };
    this.Compliance = { getDetails: (entity, locale) => complianceDetails(entity, locale ?? this.#instance.locale) };
  }

  createElement(type, options = {}) {
    return createElement(this.#instance, type, options);
  }

  /** Drop-in: `mount(idOrNode[, sessionId])` and `refresh()`, both with a promise. */
  createDropin(configuration) {
    return createDropin(this.#instance, configuration);
  }

  createSource(...elementAndData) {
    return createSource(this.#instance, ...elementAndData);
  }

  createCreditCardSource(sessionClientSecret, element, data) {
    return createCreditCardSource(this.#instance, sessionClientSecret, element, data);
  }

  createStoredPaymentSource(...elementAndData) {
    return createStoredPaymentSource(this.#instance, ...elementAndData);
  }

  retrieveSource(id, clientSecret) {
    return retrieveSource(this.#instance, id, clientSecret);
  }

  updateSource(...elementAndData) {
    return updateSource(this.#instance, ...elementAndData);
  }

  authenticateSource(...elementAndData) {
    return authenticateSource(this.#instance, ...elementAndData);
  }

  handleNextAction(nextAction) {
    return handleNextAction(this.#instance, nextAction);
  }

  /** What the elements applepay and googlepay show and ask for. */
  paymentRequest(data) {
    return new PaymentRequestData(data);
  }

  retrieveOnlineBankingBanks(country, currency) {
    return retrieveOnlineBankingBanks(this.#instance, country, currency);
  }

  retrieveKonbiniStores() {
    return retrieveKonbiniStores(this.#instance);
  }

  retrieveAvailablePaymentMethods(filters) {
    return retrieveAvailablePaymentMethods(this.#instance, filters);
  }
}

window.DigitalRiver = DigitalRiver;
