// The element `creditcard`: the three fields of a card with their labels, errors and the brands.

const CREDIT_CARD_FIELDS = {
  cardnumber: "cardNumberPlaceholderText",
  cardexpiration: "cardExpirationPlaceholderText",
  cardcvv: "cardCvvPlaceholderText",
};

class CreditCardElement extends PaymentElement {
  #content;
  #fields = {};
  #states = {};

  makesSources = true;

  async render() {
    this.#content = dropinNode("div", { class: "DR-credit-card" });
    this.container.append(this.#content);
    this.#addLogos(this.options.logos ?? []);
    if (await canAllBeUsed(Object.keys(CREDIT_CARD_FIELDS).map((type) => this.#add(type)))) this.emit("ready");
  }

  remove() {
    for (const field of Object.values(this.#fields)) field.destroy();
    this.#fields = {};
    this.#content.remove();
  }

  refresh() {
    for (const [type, field] of Object.entries(this.#fields)) field.update(this.#optionsOf(type));
  }

  focus() {
    super.focus();
    this.#fields.cardnumber?.focus();
  }

  blur() {
    super.blur();
    for (const field of Object.values(this.#fields)) field.blur();
  }

  clear() {
    super.clear();
    for (const field of Object.values(this.#fields)) field.clear();
  }

  ask(kind, data) {
    if (!this.container) throw new Error("Mount the element creditcard first.");
    return this.#fields.cardnumber.ask(kind, data);
  }

  /** Style, classes and mask are those of all fields; each has its own placeholder. */
  #optionsOf(type) {
    const { style, classes, mask } = this.options;
    return { style, classes, mask, placeholderText: this.options[CREDIT_CARD_FIELDS[type]] };
  }

  /** Add a field. The promise is kept once the field can be used. */
  #add(type) {
    const { holder, problem, node } = fieldRow(type, text(this.instance.locale, FIELD_TITLES[type]));
    this.#content.append(node);
    const field = createElement(this.instance, type, this.#optionsOf(type));
    this.#fields[type] = field;
    this.#states[type] = { complete: false, empty: true, error: null };
    field.on("change", (state) => {
      problem.textContent = state.error?.message ?? "";
      this.#report(type, state);
    });
    for (const event of ["focus", "blur", "return"]) field.on(event, () => this.emit(event));
    return field.mountAndWait(holder);
  }

  /** @param {{code: string, url: string}[]} logos pictures of the brands; that of the typed card stands out */
  #addLogos(logos) {
    if (!logos.length) return;
    const images = logos.map(({ code, url }) => dropinNode("img", { class: "DR-Card-Brand", src: url, alt: code }));
    this.#content.append(dropinNode("div", { class: "DR-Card-Brands" }, ...images));
  }

  #selectLogo(brand) {
    for (const image of this.#content.querySelectorAll("img.DR-Card-Brand")) {
      image.classList.toggle("DR-Card-Brand-Selected", image.alt === brand);
    }
  }

  /** Report the state of the whole card. */
  #report(type, state) {
    this.#states[type] = state;
    const states = Object.values(this.#states);
    this.#selectLogo(this.#states.cardnumber.brand);
    this.emit("change", {
      brand: this.#states.cardnumber.brand ?? "unknown",
      complete: states.every(({ complete }) => complete),
      empty: states.every(({ empty }) => empty),
      error: states.find(({ error }) => error)?.error ?? null,
    });
  }
}

defineElement("creditcard", CreditCardElement);
