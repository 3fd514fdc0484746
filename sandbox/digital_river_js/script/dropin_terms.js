// What the shopper accepts in Drop-in: the storage of the payment method, the terms of sale and the merchant's terms.

class DropinTerms {
  #storage;

  constructor(dropin, method) {
    const { options } = dropin;
    const mustStore = options.managesMethods;
    if (mustStore || (options.asksToSave && method.supportsStorage)) {
      const terms = method.defaultMandate?.terms ?? dropin.text("saveAgreement");
      this.#storage = new DropinBox(dropin, "mandate", [terms], { isRequired: mustStore });
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

function disclosureOf(dropin, { paymentDisclosure, requiresDisclosureAcceptance }) {
  if (requiresDisclosureAcceptance) {
    return new DropinBox(dropin, "payment-disclosure", [paymentDisclosure], { isRequired: true });
  }
  return { node: dropinNode("p", { class: "DR-note" }, paymentDisclosure) };
}

/** The terms of sale, and those of the merchant. */
function termsOfSale(dropin) {
  return [dropin.text("termsOfSale"), ...merchantTerms(dropin)];
}

function merchantTerms({ options: { consents }, text }) {
  if (!consents) return [];
  const documents = ["eula", "termsOfUse"]
    .filter((name) => consents[name])
    .map((name) => dropinNode("a", { href: consents[name], target: "_blank", rel: "noopener" }, text(name)));
  const [before, after] = text("consents", { company: consents.company, documents: "\n" }).split("\n");
  return [` ${before}`, ...documents.flatMap((link, index) => (index ? [text("and"), link] : [link])), after];
}
