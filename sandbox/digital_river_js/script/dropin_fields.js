// The fields of a payment method in Drop-in: fields in frames of their own, and inputs of the page.

/** Options of an element, from the configuration of Drop-in. */
function dropinElementOptions(dropin, type) {
  const { style, classes, creditCard = {}, onlineBanking = {}, ...others } = dropin.methodConfiguration;
  const shared = { style, classes };
  const { country, currency } = dropin.sessionInformation ?? {};
  const placeholders = {
    cardnumber: creditCard.cardNumberPlaceholderText,
    cardexpiration: creditCard.cardExpirationPlaceholderText,
    cardcvv: creditCard.cardCvvPlaceholderText,
  };
  if (type in placeholders) {
    const { style: ownStyle = style, mask } = creditCard;
    return defined({ ...shared, style: ownStyle, mask, placeholderText: placeholders[type] });
  }
  if (type === "onlinebanking") {
    return defined({ ...shared, ...onlineBanking, onlineBanking: { country, currency } });
  }
  const own = { konbini: others.konbini, iban: others.directDebit }[type];
  return defined({ ...shared, ...own });
}

/** The object without what is undefined, so that defaults apply. */
function defined(object) {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
}

/** A field in a frame. */
class DropinElementField {
  #dropin;
  #row;
  #state = { complete: false, empty: true, error: null };
  element = null;
  isNeeded = true;

  /** @param {(state: object) => void} changed is called with what the element reports */
  constructor(dropin, type, changed) {
    this.#dropin = dropin;
    this.type = type;
    this.changed = changed;
    this.#row = new FieldRow(type, text(dropin.instance.locale, FIELD_TITLES[type]));
    this.node = this.#row.node;
  }

  /** Mount a new element. The promise is kept once the field can be used; it rejects with a `PaymentError`. */
  mount(onReturn) {
    this.element?.destroy();
    this.element = createElement(this.#dropin.instance, this.type, dropinElementOptions(this.#dropin, this.type));
    this.element.on("return", onReturn);
    return this.#row.mount(this.element, (state) => {
      this.#state = state;
      this.changed(state);
    });
  }

  /** Ask the frame, because what it has reported may be older than the last key. Rejects with a `PaymentError`. */
  async check() {
    if (this.#state.complete) return true;
    const error = await this.element.ask("show-error");
    if (error) this.#row.show(error.message);
    return !error;
  }

  focus() {
    this.element.focus();
  }

  destroy() {
    this.element?.destroy();
  }
}

/** An element with labels and errors of its own. What it needs is checked when it makes the source. */
class DropinBareElement {
  isNeeded = true;

  constructor(dropin, type) {
    const { msts, ideal, style, classes } = dropin.methodConfiguration;
    const own = { msts, ideal: { ideal: { ...ideal, sessionId: dropin.sessionId } } }[type];
    this.element = createElement(dropin.instance, type, defined({ style, classes, ...own }));
    this.node = newNode("div", { class: `DR-field-parent DR-${type}-element` });
  }

  mount() {
    return this.element.mountAndWait(this.node);
  }

  check() {
    return true;
  }

  destroy() {
    this.element.destroy();
  }
}

/** An input of the page, for what is no secret. */
class DropinInput {
  #dropin;
  #input;
  #problem = newErrorNode();
  #rule;

  constructor(dropin, name, onReturn) {
    this.#dropin = dropin;
    this.name = name;
    this.#rule = DROPIN_INPUTS[name];
    const { autocomplete = "off", inputmode, hint } = this.#rule;
    const about = hint && newNode("p", { class: "DR-hint", id: newId("hint") }, dropin.text(hint));
    this.#input = newNode("input", {
      class: "DR-input",
      id: newId(name),
      required: true,
      "aria-describedby": [about?.id, this.#problem.id].filter(Boolean).join(" "),
      ...{ autocomplete, inputmode },
      oninput: () => showFault(this.#input, this.#problem, ""),
      onkeydown: (event) => {
        if (event.key !== "Enter") return;
        event.preventDefault(); // A form of the storefront around Drop-in must not be sent.
        onReturn();
      },
    });
    const label = newNode("label", { class: "DR-field-label", for: this.#input.id }, dropin.text(name));
    this.node = newNode("div", { class: "DR-field-parent" }, label, this.#input, about || undefined, this.#problem);
  }

  /** Show the field if the billing address or a choice makes it necessary. */
  update(owner, choices) {
    this.node.hidden = !this.#rule.isNeeded(owner, choices);
  }

  get isNeeded() {
    return !this.node.hidden;
  }

  get value() {
    return this.#input.value.trim();
  }

  check() {
    const fault = this.#fault();
    showFault(this.#input, this.#problem, fault && this.#dropin.text(fault));
    return !fault;
  }

  focus() {
    this.#input.focus();
  }

  destroy() {}

  /** Name of the text that explains what is wrong; "" if nothing is. */
  #fault() {
    if (!this.value) return "fieldMissing";
    return this.#rule.pattern.test(this.value) ? "" : "fieldInvalid";
  }
}

/** The brands of cards, of which the brand of the typed number stands out. */
class DropinBrands {
  #badges;

  constructor(dropin) {
    this.#badges = Object.entries(DROPIN_CARD_BRANDS).map(([brand, name]) =>
      newNode("li", { class: `DR-Card-Brand DR-Card-Brand-${brand}` }, name),
    );
    this.node = newNode("ul", { class: "DR-Card-Brands", "aria-label": dropin.text("cards") }, ...this.#badges);
  }

  select(brand) {
    const isKnown = brand in DROPIN_CARD_BRANDS;
    for (const [index, name] of Object.keys(DROPIN_CARD_BRANDS).entries()) {
      this.#badges[index].classList.toggle("DR-Card-Brand-Selected", name === brand);
      this.#badges[index].classList.toggle("DR-Card-Brand-Dimmed", isKnown && name !== brand);
    }
  }
}
