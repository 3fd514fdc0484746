// The entry of a payment method.

/** A payment method with the fields that it needs, and a button. */
class DropinMethodEntry extends DropinEntry {
  #fields;
  #inputs;
  #terms;
  #button;
  #choices = {};

  constructor(dropin, method) {
    const title = dropinMethodName(dropin.instance.locale, method);
    super(dropin, { type: method.type, title, image: method.images?.iconImage });
    this.method = method;
    const { elements, inputs, isPayPal, isBank } = dropinMethod(method.type);
    this.provider = isBank ? dropin.text("bank") : title;
    const pay = () => this.#button.click();
    const brands = method.type === "creditCard" ? new DropinBrands(dropin) : null;
    this.#fields = elements.map(
      (type) => new DropinElementField(dropin, type, (state) => this.#changed(type, state, brands)),
    );
    this.#inputs = inputs.map((name) => new DropinInput(dropin, name, pay));
    this.#terms = new DropinTerms(dropin, method);
    const label = isPayPal ? title : dropinButtonText(dropin.options.button, dropin.text);
    this.#button = new DropinPayButton(dropin, label, () => this.#submit(), isPayPal ? "DR-paypal-button" : "");
    this.#fill(brands);
  }

  mount() {
    return Promise.all(this.#fields.map((field) => field.mount(() => this.#button.click())));
  }

  destroy() {
    for (const field of this.#fields) field.destroy();
    super.destroy();
  }

  #fill(brands) {
    const note = methodNote(this.method, { opensWindow: this.dropin.opensWindow(this.method) });
    const fields = dropinNode(
      "div",
      { class: "DR-fields" },
      ...[...this.#fields, ...this.#inputs].map(({ node }) => node),
    );
    this.body.append(
      ...(brands ? [brands.node] : []),
      ...(fields.children.length ? [fields] : []),
      ...(note ? [dropinNode("p", { class: "DR-note" }, this.dropin.text(note, { name: this.provider }))] : []),
      ...this.#terms.nodes,
      this.#button.node,
    );
    this.#updateInputs();
  }

  #changed(type, { value, brand }, brands) {
    this.#choices[type] = value;
    if (type === "cardnumber") brands?.select(brand);
    this.#updateInputs();
  }

  #updateInputs() {
    for (const input of this.#inputs) input.update(this.dropin.configuration.billingAddress ?? {}, this.#choices);
  }

  async #submit() {
    this.showProblem("");
    const parts = [...this.#fields, ...this.#inputs.filter(({ isNeeded }) => isNeeded), ...this.#terms.boxes];
    const faulty = parts.filter((part) => !part.check());
    if (faulty.length > 0) faulty[0].focus();
    else await this.#pay();
  }

  async #pay() {
    const { dropin, method } = this;
    const inputs = Object.fromEntries(
      this.#inputs.filter(({ isNeeded }) => isNeeded).map(({ name, value }) => [name, value]),
    );
    const provider = dropin.opensWindow(method) ? new ProviderWindow(dropin, this.provider) : null;
    const addresses = provider?.addresses ?? dropin.returnAddresses();
    const data = sourceData(dropin, method, { inputs, addresses, isStored: this.#terms.isStored });
    const [element] = this.#fields.map((field) => field.element);
    const made = await createSource(dropin.instance, ...(element ? [element, data] : [data]));
    if (made.error || !provider) {
      provider?.close();
      dropin.finish(this, made);
    } else {
      dropin.finish(this, await provider.approve(made.source));
    }
  }
}
