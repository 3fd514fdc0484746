// The entry of a payment method.

/** A payment method with the fields that it needs, and a button. */
class DropinMethodEntry extends DropinEntry {
  #fields;
  #bare;
  #inputs;
  #terms;
  #button;
  #choices = {};

  constructor(dropin, method) {
    const title = dropinMethodName(dropin.instance.locale, method);
    super(dropin, { type: method.type, title, image: method.images?.iconImage });
    this.method = method;
    const { elements, bare, inputs, isPayPal, isBank } = dropinMethod(method.type);
    this.provider = isBank ? dropin.text("bank") : title;
    const pay = () => this.#button.click();
    const brands = method.type === "creditCard" ? new DropinBrands(dropin) : null;
    this.#fields = elements.map(
      (type) => new DropinElementField(dropin, type, (state) => this.#changed(type, state, brands)),
    );
    // The agreement of iDEAL belongs to a payment session, which account pages do not have.
    this.#bare = bare && dropin.sessionId ? [new DropinBareElement(dropin, bare)] : [];
    this.#inputs = inputs.map((name) => new DropinInput(dropin, name, pay));
    this.#terms = new DropinTerms(dropin, method);
    const face = isPayPal ? payPalFace(dropin, method.type) : plainFace(dropin);
    this.#button = new DropinPayButton(dropin, () => this.#submit(), face);
    this.#fill(brands);
  }

  /** Whether what is missing is shown beside the fields. */
  showsFaults = true;

  mount() {
    return Promise.all([...this.#fields, ...this.#bare].map((field) => field.mount(() => this.#button.click())));
  }

  update(method) {
    this.method = method;
    this.#terms.update(method);
  }

  destroy() {
    for (const field of [...this.#fields, ...this.#bare]) field.destroy();
    super.destroy();
  }

  #fill(brands) {
    const note = methodNote(this.method, { opensWindow: this.dropin.opensWindow(this.method) });
    const fields = newNode(
      "div",
      { class: "DR-fields" },
      ...[...this.#fields, ...this.#bare, ...this.#inputs].map(({ node }) => node),
    );
    this.body.append(
      ...(brands ? [brands.node] : []),
      ...(fields.children.length ? [fields] : []),
      ...(note ? [newNode("p", { class: "DR-note" }, this.dropin.text(note, { name: this.provider }))] : []),
      this.#terms.node,
      ...this.#enrollment(),
      this.#button.node,
    );
    this.#updateInputs();
  }

  /** The link to the page on which a buyer applies for an account of the provider. */
  #enrollment() {
    const { enrollmentUrl = this.method.enrollmentUrl } = this.dropin.methodConfiguration[this.type] ?? {};
    if (!enrollmentUrl) return [];
    return [
      newNode("p", {}, newLink(enrollmentUrl, this.dropin.text("enroll"), { class: "DR-msts-create-account" })),
    ];
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
    if (!(await this.prepare())) return;
    const parts = [...this.#fields, ...this.#inputs.filter(({ isNeeded }) => isNeeded), ...this.#terms.boxes];
    const { value: checks, error } = await outcomeOf(Promise.all(parts.map((part) => part.check())));
    if (error) return this.dropin.finish(this, { source: null, error });
    const faulty = parts.filter((_, index) => !checks[index]);
    if (faulty.length > 0) faulty[0].focus();
    else await this.#pay();
  }

  async #pay() {
    const { dropin, method } = this;
    const inputs = Object.fromEntries(
      this.#inputs.filter(({ isNeeded }) => isNeeded).map(({ name, value }) => [name, value]),
    );
    const popup = dropin.opensWindow(method) ? new ProviderPopup(dropin.instance) : null;
    const addresses = popup?.addresses ?? dropin.returnAddresses();
    const data = sourceData(dropin, method, { inputs, addresses, isStored: this.#terms.isStored });
    const [element] = [...this.#fields, ...this.#bare].map((field) => field.element);
    const made = await createSource(dropin.instance, ...(element ? [element, data] : [data]));
    if (made.error) popup?.close();
    const needsApproval = popup && !made.error;
    dropin.finish(this, needsApproval ? await approveInWindow(dropin, popup, this.provider, made.source) : made);
  }
}
