// The entry of Apple Pay or Google Pay: the button of the wallet, whose payment sheet makes the source.

class DropinWalletEntry extends DropinEntry {
  #terms;
  #element;
  #holder = newNode("div", { class: "DR-wallet" });

  constructor(dropin, method) {
    const title = dropinMethodName(dropin.instance.locale, method);
    super(dropin, { type: method.type, title, image: method.images?.iconImage });
    this.method = method;
    this.#terms = new DropinTerms(dropin, method, () => this.update(this.method));
    const note = newNode("p", { class: "DR-note" }, dropin.text("byWallet", { name: title }));
    this.body.append(note, this.#terms.node, this.#holder);
    this.#element = createElement(dropin.instance, dropinMethod(method.type).wallet, this.#request());
  }

  showsFaults = false;

  /** Whether the wallet can be used in this browser. */
  get isAvailable() {
    return this.#element.canMakePayment();
  }

  mount() {
    this.#element.on("click", () => this.#open());
    this.#element.on("source", (made) => this.#finish(made));
    this.#element.on("cancel", () => this.dropin.configuration.onCancel?.({ paymentMethod: this.type }));
    return this.#element.mountAndWait(this.#holder);
  }

  update(method) {
    this.method = method;
    this.#terms.update(method);
    this.#element.update(this.#request().data);
  }

  destroy() {
    this.#element.destroy();
    super.destroy();
  }

  #request() {
    const { dropin } = this;
    const { country, currency } = dropin.sessionInformation;
    const { style } = dropin.methodConfiguration[this.type] ?? {};
    const { futureUse, mandate, usage } = sourceData(dropin, this.method, { isStored: this.#terms.isStored });
    return new PaymentRequestData({
      sessionId: dropin.sessionId,
      ...{ country, currency },
      total: { label: dropin.text("orderTotal"), amount: dropin.amountToPay },
      requestShipping: false,
      waitOnClick: true,
      sourceData: defined({ futureUse, mandate, usage }),
      style: { buttonColor: colorSchemeOf(dropin.node) === "dark" ? "white" : "black", ...style },
    });
  }

  /** The sheet opens only after the shopper has accepted what must be accepted. */
  #open() {
    this.showProblem("");
    const faulty = this.#terms.boxes.filter((box) => !box.check());
    if (faulty.length > 0) return faulty[0].focus();
    this.#element.show();
  }

  #finish({ source, error, complete }) {
    complete(error ? "failure" : "success");
    this.dropin.finish(this, { source, error });
  }
}
