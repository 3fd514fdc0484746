// The element `creditcard`: the three fields of a card with their labels, errors and the brands.

const CREDIT_CARD_FIELDS = {
  cardnumber: "cardNumberPlaceholderText",
  cardexpiration: "cardExpirationPlaceholderText",
  cardcvv: "cardCvvPlaceholderText",
};

class CreditCardElement extends FormElement {
  makesSources = true;

  async render() {
    this.addContent("credit-card");
    this.#addLogos(this.options.logos ?? []);
    const mounted = Object.keys(CREDIT_CARD_FIELDS).map((type) =>
      this.addField(
        { name: type, label: text(this.instance.locale, FIELD_TITLES[type]) },
        createElement(this.instance, type, this.#optionsOf(type)),
      ),
    );
    if (await canAllBeUsed(mounted)) this.emit("ready");
  }

  refresh() {
    for (const [type, field] of Object.entries(this.elements)) field.update(this.#optionsOf(type));
  }

  ask(kind, data) {
    if (!this.container) throw new Error("Mount the element creditcard first.");
    return this.elements.cardnumber.ask(kind, data);
  }

  /** Report the state of the whole card. */
  changed() {
    const { brand = "unknown" } = this.states.cardnumber;
    this.#selectLogo(brand);
    this.emit("change", { brand, ...this.state });
  }

  /** Style, classes and mask are those of all fields; each has its own placeholder. */
  #optionsOf(type) {
    const { style, classes, mask } = this.options;
    return { style, classes, mask, placeholderText: this.options[CREDIT_CARD_FIELDS[type]] };
  }

  /** @param {{code: string, url: string}[]} logos pictures of the brands; that of the typed card stands out */
  #addLogos(logos) {
    if (!logos.length) return;
    const images = logos.map(({ code, url }) => newNode("img", { class: "DR-Card-Brand", src: url, alt: code }));
    this.content.append(newNode("div", { class: "DR-Card-Brands" }, ...images));
  }

  #selectLogo(brand) {
    for (const image of this.content.querySelectorAll("img.DR-Card-Brand")) {
      image.classList.toggle("DR-Card-Brand-Selected", image.alt === brand);
    }
  }
}

defineElement("creditcard", CreditCardElement);
