// The element `ideal`: nothing for a single purchase; for a subscription, the agreement to a direct debit and the IBAN.

class IdealElement extends PaymentElement {
  #content = newNode("div", { class: "DR-ideal-container" });
  #box = null;
  #iban = null;
  #terms = "";

  constructor(...given) {
    super(...given);
    if (!this.options.ideal?.sessionId) throw new Error("The element ideal needs ideal.sessionId.");
  }

  /** For a subscription, the frame with the IBAN makes the source. */
  get makesSources() {
    return this.#box !== null;
  }

  async render() {
    this.#content.lang = this.language;
    this.container.append(this.#content);
    const { sessionId } = this.options.ideal;
    const { sessionInformation } = await retrieveAvailablePaymentMethods(this.instance, { sessionId });
    if (!this.container) return;
    if (sessionInformation?.recurring) this.#ask(sessionInformation.sellingEntityId);
    this.emit("ready");
  }

  remove() {
    this.#iban?.destroy();
    this.#iban = this.#box = null;
    this.#content.remove();
    this.#content.replaceChildren();
  }

  refresh() {}

  ask(kind, data) {
    return this.#iban.ask(kind, data);
  }

  /** The body of a source with the agreement. Throws a `PaymentError` without one. */
  sourceBody(body) {
    if (!this.#box) return body;
    if (!this.#box.check()) {
      this.#box.focus();
      throw new PaymentError(errorOf("validation_error", "missing_parameter", this.#terms));
    }
    return { ...body, mandate: { terms: this.#terms } };
  }

  #ask(seller) {
    const code = Object.hasOwn(ENTITIES, seller) ? seller : "DR_INC-ENTITY";
    this.#terms = complianceDetails(code, this.instance.locale).disclosure.idealRecurringAgreement.localizedText;
    const { locale } = this.instance;
    this.#box = new ConsentBox("mandate", [this.#terms], { locale, isRequired: true, changed: () => this.#changed() });
    this.#content.append(this.#box.node);
  }

  /** Show the field for the IBAN while the shopper agrees. */
  #changed() {
    this.#iban?.destroy();
    this.#iban = null;
    if (this.#box.isTicked) this.#addIban();
  }

  #addIban() {
    const row = new FieldRow("iban-ideal", text(this.instance.locale, FIELD_TITLES.iban));
    this.#content.append(row.node);
    const { style, classes } = this.options;
    this.#iban = new FieldElement("iban", this.instance, { style, classes }, () => row.node.remove());
    const changed = ({ complete, empty, error }) => this.emit("change", { iban: { complete, empty, error } });
    outcomeOf(row.mount(this.#iban, changed)); // The row shows that a field has not loaded.
  }
}

defineElement("ideal", IdealElement);
