// The element `compliance`: the seller and the legal links at the foot of a page.

class ComplianceElement extends PaymentElement {
  #footer;

  render() {
    this.#footer = this.#build();
    this.container.append(this.#footer);
    queueMicrotask(() => this.emit("ready"));
  }

  remove() {
    this.#footer.remove();
  }

  refresh() {
    this.#footer.replaceWith((this.#footer = this.#build()));
  }

  #build() {
    const seller = this.#seller();
    const { disclosure } = complianceDetails(seller);
    const links = LINKS.filter((name) => disclosure[name]).map((name) => disclosure[name]);
    const policies = [disclosure.refundPolicy, disclosure.returnPolicy].filter(Boolean);
    return newNode(
      "div",
      { class: "DR-Legal-Footer", lang: languageOf(`${seller.language}-${seller.country}`) },
      newNode("p", {}, ...nodesOfDisclosure(disclosure.resellerDisclosure.localizedText)),
      newNode("ul", { class: "DR-Legal-Footer-Links" }, ...[...links, ...policies].map((link) => this.#item(link))),
    );
  }

  #item({ localizedText, url }) {
    return newNode("li", {}, newLink(url, localizedText));
  }

  /** What `complianceDetails` gets. An unknown seller is Digital River Inc., as with the real element. */
  #seller() {
    const { entity, businessEntityCode = entity, locale, language, country, policies } = this.options.compliance ?? {};
    const code = Object.hasOwn(ENTITIES, String(businessEntityCode).toUpperCase()) ? businessEntityCode : "DR_INC-ENTITY";
    const [spoken, region] = readLocale(locale ?? this.instance.locale).split("-");
    if (code !== businessEntityCode) console.warn(`The seller ${businessEntityCode} is unknown. ${code} is shown.`);
    return { businessEntityCode: code, language: language ?? spoken, country: country ?? region ?? "US", policies };
  }
}

defineElement("compliance", ComplianceElement, { several: true });
