// What the shopper accepts in Drop-in: the storage of the payment method, the terms of sale and the merchant's terms.

class DropinTerms {
  #storage;

  /** @param {() => void} [changed] is called when the shopper changes whether the payment method is stored */
  constructor(dropin, method, changed) {
    const { options } = dropin;
    const mustStore = options.managesMethods;
    if (mustStore || (options.asksToSave && method.supportsStorage)) {
      const terms = mandateTerms(dropin, method);
      const label = mustStore ? [terms] : [dropin.text("saveAgreement"), " ", terms];
      this.#storage = new DropinBox(dropin, "mandate", label, { isRequired: mustStore, changed });
    }
    const terms = options.showsTerms ? new DropinBox(dropin, "terms", termsOfSale(dropin), { isRequired: true }) : null;
    const disclosure = method.paymentDisclosure && disclosureOf(dropin, method);
    this.boxes = [disclosure, this.#storage, terms].filter((box) => box instanceof DropinBox);
    this.nodes = [disclosure, this.#storage, terms].filter(Boolean).map(({ node }) => node);
  }

  /** Whether the shopper wants the payment method to be stored. */
  get isStored() {
    return this.#storage?.isTicked ?? false;
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
  return dropinNode("p", {}, ...nodesOfDisclosure(localizedText)).textContent;
}

function disclosureOf(dropin, { paymentDisclosure, requiresDisclosureAcceptance }) {
  if (requiresDisclosureAcceptance) {
    return new DropinBox(dropin, "payment-disclosure", [paymentDisclosure], { isRequired: true });
  }
  return { node: dropinNode("p", { class: "DR-disclosure" }, paymentDisclosure) };
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
    .map((name) => dropinLink(consents[name], text(name)));
  const [before, after] = text("consents", { company: consents.company, documents: "\n" }).split("\n");
  return [` ${before}`, ...documents.flatMap((link, index) => (index ? [text("and"), link] : [link])), after];
}

/** The nodes of a disclosure: of its HTML, the links and everything else as mere letters. */
function nodesOfDisclosure(html) {
  const { body } = new DOMParser().parseFromString(html, "text/html");
  return [...body.childNodes].map((node) =>
    node.localName === "a" ? dropinLink(node.href, node.textContent) : node.textContent,
  );
}

function dropinLink(href, label, attributes = {}) {
  return dropinNode("a", { href, target: "_blank", rel: "noopener", ...attributes }, label);
}
