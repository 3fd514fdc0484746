// What the shopper accepts in Drop-in: the storage of the payment method, the terms of sale and the merchant's terms.

class DropinTerms {
  #dropin;
  #changed;
  #storage;
  #written;
  boxes = [];
  node = newNode("div", { class: "DR-consents" });

  /** @param {() => void} [changed] is called when the shopper changes whether the payment method is stored */
  constructor(dropin, method, changed) {
    this.#dropin = dropin;
    this.#changed = changed;
    this.update(method);
  }

  /** Whether the shopper wants the payment method to be stored. */
  get isStored() {
    return this.#storage?.isTicked ?? false;
  }

  /** Show what the session wants now. What the shopper has accepted stays, unless the words have changed. */
  update(method) {
    const storage = this.#storageBox(method);
    const { options, instance } = this.#dropin;
    const { locale } = instance;
    const terms =
      options.showsTerms && new ConsentBox("terms", termsOfSale(this.#dropin), { locale, isRequired: true });
    const parts = [method.paymentDisclosure && disclosureOf(this.#dropin, method), storage, terms].filter(Boolean);
    const written = parts.map(({ node }) => node.textContent).join("\n");
    if (written === this.#written) return;
    this.#written = written;
    this.#storage = storage;
    this.boxes = parts.filter((part) => part instanceof ConsentBox);
    this.node.replaceChildren(...parts.map(({ node }) => node));
  }

  #storageBox(method) {
    const { options, text, instance } = this.#dropin;
    const isRequired = options.managesMethods;
    if (!isRequired && !(options.asksToSave && method.supportsStorage)) return undefined;
    const terms = mandateTerms(this.#dropin, method);
    const label = isRequired ? [terms] : [text("saveAgreement"), " ", terms];
    return new ConsentBox("mandate", label, { locale: instance.locale, isRequired, changed: this.#changed });
  }
}

/** The agreement to the storage of a payment method. Its source carries it. */
function mandateTerms(dropin, { defaultMandate }) {
  if (dropin.options.storesForSubscription) return writtenTerms(dropin.disclosure.autorenewalPlanTerms);
  return defaultMandate?.terms ?? dropin.disclosure.saveCardMandate.localizedText;
}

/**
 * What the shopper has agreed to for later payments; undefined without an agreement. A purchase that renews needs a
 * stored payment method, so that its terms are such an agreement.
 */
function agreedTerms(dropin, method, isStored) {
  if (isStored || dropin.options.managesMethods) return mandateTerms(dropin, method);
  const renews = dropin.options.showsTerms && dropin.sessionInformation?.recurring;
  return renews ? writtenTerms(dropin.disclosure.autorenewalPlanTerms) : undefined;
}

function writtenTerms({ localizedText }) {
  return newNode("p", {}, ...nodesOfDisclosure(localizedText)).textContent;
}

function disclosureOf(dropin, { paymentDisclosure, requiresDisclosureAcceptance }) {
  if (requiresDisclosureAcceptance) {
    return new ConsentBox("payment-disclosure", [paymentDisclosure], { locale: dropin.instance.locale, isRequired: true });
  }
  return { node: newNode("p", { class: "DR-disclosure" }, paymentDisclosure) };
}

/** The terms of the seller, for a purchase that renews or for another one, and those of the merchant. */
function termsOfSale(dropin) {
  const { confirmDisclosure, autorenewalPlanTerms } = dropin.disclosure;
  const terms = dropin.sessionInformation?.recurring ? autorenewalPlanTerms : confirmDisclosure;
  return [...nodesOfDisclosure(terms.localizedText), ...merchantTerms(dropin)];
}

function merchantTerms({ options: { consents }, text }) {
  if (!consents) return [];
  const documents = ["eula", "termsOfUse"]
    .filter((name) => consents[name])
    .map((name) => newLink(consents[name], text(name)));
  const [before, after] = text("consents", { company: consents.company, documents: "\n" }).split("\n");
  return [` ${before}`, ...documents.flatMap((link, index) => (index ? [text("and"), link] : [link])), after];
}
