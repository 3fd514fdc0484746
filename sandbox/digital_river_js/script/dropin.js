// Drop-in: the list of payment methods, which makes the source and reports it to the storefront.

/** The Drop-in of a container, by container. */
const DROPINS_BY_CONTAINER = new WeakMap();

/** The seller, if the payment service names none, as on account pages. */
const DEFAULT_ENTITY = "DR_INC-ENTITY";

function createDropin(instance, configuration = {}) {
  checkDropinConfiguration(configuration);
  const dropin = new Dropin(instance, configuration);
  return { mount: (place, sessionId) => dropin.mount(place, sessionId), refresh: () => dropin.refresh() };
}

class Dropin {
  #entries = new Map();
  #free = null;
  #list = newNode("div", { class: "DR-list" });
  #footer = newNode("div", { class: "DR-compliance" });
  #compliance = null;
  #status = newNode("div", { class: "DR-status", role: "status" });
  #loads = 0;
  #isWorking = false;
  #saved;

  constructor(instance, configuration) {
    // The elements of Drop-in do not take the names of those that the storefront makes with the same instance.
    this.instance = { ...instance, group: randomName(), elements: new Map() };
    this.configuration = configuration;
    this.options = dropinOptions(configuration);
    this.methodConfiguration = configuration.paymentMethodConfiguration ?? {};
    this.sessionId = configuration.sessionId;
    this.text = (name, values) => text(instance.locale, `dropin.${name}`, values);
    this.#saved = configuration.options?.storedPaymentMethods ?? [];
  }

  /** @returns {Promise<void>} kept once the list is shown, or its error */
  mount(place, sessionId = this.sessionId) {
    const container = containerOf(place);
    this.sessionId = sessionId;
    DROPINS_BY_CONTAINER.get(container)?.leave();
    DROPINS_BY_CONTAINER.set(container, this);
    this.node = newNode(
      "div",
      { class: "DR-dropin", role: "group", "aria-label": this.text("region"), lang: languageOf(this.instance.locale) },
      ...[this.#status, this.#list, this.#footer],
    );
    container.append(this.node);
    return this.#load();
  }

  /** Read the payment methods again, and keep what the shopper has typed in those that remain. */
  refresh() {
    if (!this.node) throw new Error("Mount Drop-in before you refresh it.");
    return this.#load();
  }

  /** Remove Drop-in from its container, because another one is mounted there. */
  leave() {
    this.#loads += 1;
    for (const entry of this.#entries.values()) entry.destroy();
    this.#entries.clear();
    this.node.remove();
  }

  get amountToPay() {
    const { amountRemainingToBeContributed, amount } = this.sessionInformation ?? {};
    return Number(amountRemainingToBeContributed ?? amount);
  }

  money(amount) {
    const currency = this.sessionInformation?.currency;
    if (!currency) return String(amount);
    return new Intl.NumberFormat(this.instance.locale, { style: "currency", currency }).format(amount);
  }

  imageOf(type) {
    return this.#methods.find((method) => method.type === type)?.images?.iconImage;
  }

  get seller() {
    return this.sessionInformation?.sellingEntityId ?? DEFAULT_ENTITY;
  }

  /** The legal texts of the seller. */
  get disclosure() {
    return complianceDetails(this.seller, this.instance.locale).disclosure;
  }

  /** Whether the shopper approves the payment in a window before the storefront gets the source. */
  opensWindow({ type, flow }) {
    if (flow !== "redirect") return false;
    return dropinMethod(type).isPayPal ? !this.options.redirectsPayPal : !this.options.redirect;
  }

  returnAddresses() {
    const { returnUrl = location.href, cancelUrl = returnUrl } = this.configuration.options?.redirect ?? {};
    return { returnUrl, cancelUrl };
  }

  toggle(entry) {
    if (this.#isWorking) return;
    const opens = !entry.isOpen;
    for (const other of this.#entries.values()) if (other.isOpen) other.close();
    if (opens) entry.open();
  }

  /** Run the work of a button. The list stays as it is meanwhile. */
  async work(job) {
    if (this.#isWorking) return;
    this.#isWorking = true;
    try {
      await job();
    } finally {
      this.#isWorking = false;
    }
  }

  /** Report to the storefront how the creation of a source ended, and to the shopper what to do next. */
  finish(entry, { source, error }) {
    if (error) {
      const isShown = error.type === "validation_error" && entry.showsFaults;
      if (!isShown) entry.showProblem(this.text(adviceAfter(error)));
      this.configuration.onError?.(error);
    } else if (["pending_redirect", "cancelled"].includes(source.state) && this.opensWindow(entry.method)) {
      entry.showProblem(this.text("cancelled"));
      this.configuration.onCancel?.({ paymentMethod: entry.type });
    } else {
      const { terms, signedTime } = source.mandate ?? {};
      const readyForStorage = source.state === "chargeable" && Boolean(terms && signedTime);
      this.succeed({ source, readyForStorage, supportsStorage: Boolean(entry.method.supportsStorage) });
    }
  }

  succeed(result) {
    const { showsTerms, consents } = this.options;
    const accepted = { eula: Boolean(consents?.eula), termsOfUse: Boolean(consents?.termsOfUse), termsOfSale: true };
    this.configuration.onSuccess?.({ ...result, ...(showsTerms && { consents: accepted }) });
  }

  /** Ask the storefront to add or to remove a saved payment method; it answers with the new list. */
  requireUpdate(saved, action) {
    this.configuration.onUpdateRequired?.({
      selectedPaymentMethod: { ...saved, action },
      storedPaymentMethods: this.#saved,
      updateWith: (storedPaymentMethods) => {
        this.#saved = storedPaymentMethods;
        return this.refresh();
      },
    });
  }

  #methods = [];

  async #load() {
    const load = ++this.#loads;
    if (!this.#entries.size) this.#status.textContent = this.text("loading");
    const call = callService(this.instance.service, "GET", "/payments/payment-methods", { query: this.#query() });
    const { value, error } = await outcomeOf(call);
    if (load !== this.#loads) return;
    if (error) this.#showLoadError(error);
    else await this.#show(value);
  }

  #query() {
    const { managesMethods, recurringModel } = this.options;
    return {
      sessionId: this.sessionId,
      country: this.sessionId ? undefined : this.configuration.billingAddress?.address.country,
      supportsStorage: managesMethods || undefined,
      recurringModel,
      locale: this.instance.locale,
    };
  }

  async #show({ sessionInformation, paymentMethods }) {
    this.sessionInformation = sessionInformation;
    this.#methods = paymentMethods;
    const isFree = this.options.skipsZero && sessionInformation !== undefined && this.amountToPay === 0;
    const methods = isFree ? [] : listedMethods(paymentMethods, this.configuration, this.options);
    this.#arrange(isFree ? [] : listableSavedMethods(this.#saved), methods);
    this.#free?.node.remove();
    this.#free = isFree ? new DropinFreePurchase(this) : null;
    if (isFree) this.#list.append(this.#free.node);
    const nothing = this.options.managesMethods ? "nothingToStore" : "noMethods";
    this.#status.textContent = isFree || this.#entries.size ? "" : this.text(nothing);
    const showsCompliance = this.options.showsCompliance && (isFree || this.#entries.size > 0);
    this.#showCompliance(showsCompliance);
    await this.#openFirst();
    const types = [...this.#entries.values()].filter(({ method }) => method).map(({ type }) => type);
    this.configuration.onReady?.({ paymentMethodTypes: types });
  }

  /** Show these entries in this order. Those that are there already keep what the shopper has typed. */
  #arrange(saved, methods) {
    const hadFocus = this.#list.contains(document.activeElement);
    const made = new Map(methods.map((method) => [method.type, () => this.#methodEntry(method)]));
    const madeSaved = saved.map((method) => [this.#keyOf(method), () => new DropinSavedEntry(this, method)]);
    const wanted = new Map([...madeSaved, ...made]);
    for (const [key, entry] of this.#entries) {
      if (wanted.has(key)) continue;
      entry.destroy();
      this.#entries.delete(key);
    }
    for (const method of methods) this.#entries.get(method.type)?.update(method);
    const entries = [...wanted]
      .map(([key, make]) => [key, this.#entries.get(key) ?? make()])
      .filter(([, entry]) => entry !== null);
    this.#entries = new Map(entries);
    this.#place(
      this.#nodes(
        entries.map(([, entry]) => entry.node),
        saved.length,
      ),
    );
    if (hadFocus && !this.#list.contains(document.activeElement)) entries[0]?.[1].focus();
  }

  /** Store credit has a new entry for a new total, because the total decides what its button does. */
  #keyOf(saved) {
    return `saved ${JSON.stringify(saved)} ${saved.type === "storeCredit" ? this.amountToPay : ""}`;
  }

  /** The entry of a payment method; null for a wallet that cannot be used. */
  #methodEntry(method) {
    if (!dropinMethod(method.type).wallet) return new DropinMethodEntry(this, method);
    // Without a session, as on account pages, there is nothing that a payment sheet could show.
    const entry = this.sessionInformation ? new DropinWalletEntry(this, method) : null;
    return entry?.isAvailable ? entry : null;
  }

  #nodes(nodes, savedCount) {
    const heading = (name) => newNode("h2", { class: "DR-group-heading" }, this.text(name));
    if (savedCount === 0) return nodes;
    return [heading("saved"), ...nodes.slice(0, savedCount), heading("others"), ...nodes.slice(savedCount)];
  }

  /** Show these nodes in this order. Nodes that are shown already are not moved: a moved frame would be loaded anew. */
  #place(nodes) {
    for (const node of [...this.#list.children]) if (!nodes.includes(node)) node.remove();
    let next = this.#list.firstChild;
    for (const node of nodes) {
      if (node === next) next = next.nextSibling;
      else this.#list.insertBefore(node, next);
    }
  }

  async #openFirst() {
    const entries = [...this.#entries.values()];
    if (this.options.expandsFirst && !entries.some(({ isOpen }) => isOpen)) entries[0]?.open();
    await entries.find(({ isOpen }) => isOpen)?.prepare();
  }

  #showCompliance(isShown) {
    this.#compliance?.destroy();
    this.#compliance = isShown
      ? createElement(this.instance, "compliance", { compliance: { businessEntityCode: this.seller } })
      : null;
    this.#compliance?.mount(this.#footer);
  }

  /** Load the list again. The button that had the focus is gone then. */
  async #tryAgain() {
    await this.refresh();
    this.node.querySelector("button")?.focus();
  }

  #showLoadError(error) {
    const again = newButton(this.text("tryAgain"), { class: "DR-secondary-button", onclick: () => this.#tryAgain() });
    this.#status.replaceChildren(newNode("p", {}, this.text("loadFailed")), again);
    this.configuration.onError?.(error);
  }
}

/** Name of the text that advises the shopper after an error. Why a payment was refused is never shown. */
function adviceAfter({ type, errors }) {
  if (["no_network", "request_timeout"].includes(type)) return "unreachable";
  return errors.some(({ code }) => code === "3ds2_error") ? "notConfirmed" : "failed";
}
