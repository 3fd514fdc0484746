// Apple Pay and Google Pay: a button, and a payment sheet that the sandbox plays.
//
// The sheet is a dialog with a frame of the sandbox. It reports each choice of the shopper; the storefront answers with
// new totals and shipping options, and in the end with the outcome.

addTexts({
  en: {
    wallet_pay: "Pay with",
    wallet_buy: "Buy with",
    wallet_checkout: "Check out with",
    wallet_continue: "Continue with",
    wallet_donate: "Donate with",
    wallet_subscribe: "Subscribe with",
    wallet_book: "Book with",
    wallet_order: "Order with",
  },
  de: {
    wallet_pay: "Bezahlen mit",
    wallet_buy: "Kaufen mit",
    wallet_checkout: "Zur Kasse mit",
    wallet_continue: "Weiter mit",
    wallet_donate: "Spenden mit",
    wallet_subscribe: "Abonnieren mit",
    wallet_book: "Buchen mit",
    wallet_order: "Bestellen mit",
  },
  ja: {
    wallet_pay: "支払い:",
    wallet_buy: "購入:",
    wallet_checkout: "お会計:",
    wallet_continue: "続ける:",
    wallet_donate: "寄付:",
    wallet_subscribe: "定期購入:",
    wallet_book: "予約:",
    wallet_order: "注文:",
  },
  any: { wallet_plain: "" },
});

const WALLETS = {
  applepay: { type: "applePay", name: "Apple Pay" },
  googlepay: { type: "googlePay", name: "Google Pay" },
};

/** Words of a button, by the types that Apple and Google give them. */
const BUTTON_WORDS = {
  ...{ plain: "plain", pay: "pay", buy: "buy", book: "book", order: "order", donate: "donate", subscribe: "subscribe" },
  ...{ checkout: "checkout", "check-out": "checkout", continue: "continue", long: "buy", short: "plain" },
};

class WalletElement extends ButtonElement {
  #request;
  #sheet = null;
  #choice = {};

  constructor(type, instance, options, onDestroy) {
    if (!(options instanceof PaymentRequestData)) {
      throw new Error(`createElement("${type}", …) needs the result of paymentRequest(data).`);
    }
    super(type, instance, options.data, onDestroy);
    this.#request = options.data;
  }

  get wallet() {
    return WALLETS[this.type];
  }

  get look() {
    const { buttonType = "plain", buttonColor, buttonLanguage } = this.options.style ?? {};
    const locale = buttonLanguage ? readLocale(buttonLanguage) : this.instance.locale;
    const before = text(locale, `wallet_${BUTTON_WORDS[buttonType] ?? "plain"}`);
    const color = buttonColor?.startsWith("white") || buttonColor === "light" ? "white" : "black";
    return { before, name: this.wallet.name, color };
  }

  /** Whether the browser can show the wallet. The sandbox plays it in every browser. */
  canMakePayment() {
    return true;
  }

  /** Open the payment sheet without a click, as after `waitOnClick`. */
  show() {
    if (!this.isShown) throw new Error(`Mount the element ${this.type} first.`);
    this.#open();
  }

  render() {
    this.draw();
    // As the frames of fields, the button is ready only after mount() has returned.
    queueMicrotask(() => this.emit("ready"));
  }

  remove() {
    this.#sheet?.close();
    super.remove();
  }

  refresh() {
    this.#request = { ...this.#request, ...(this.options.data ?? this.options) };
    super.refresh();
    this.#sheet?.send("update", this.#request);
  }

  clicked() {
    this.emit("click");
    if (!this.#request.waitOnClick) this.#open();
  }

  #open() {
    if (this.#sheet) return;
    const { locale } = this.instance;
    const content = { ...JSON.parse(JSON.stringify(this.#request)), locale, wallet: this.wallet };
    this.#choice = {};
    const sheet = new FrameDialog(locale, "wallet.html", this.wallet.name, content, (kind, data) =>
      this.#receive(kind, data),
    );
    this.#sheet = sheet;
    sheet.closed.then(() => this.#onClosed());
  }

  #onClosed() {
    this.#sheet = null;
    if (!this.#choice.isPaid) this.emit("cancel");
  }

  #receive(kind, data) {
    if (kind === "address") {
      this.#change("shippingaddresschange", { shippingAddress: data });
    } else if (kind === "option") {
      this.#change("shippingoptionchange", { shippingOption: data });
    } else if (kind === "pay") {
      this.#pay(data);
    }
  }

  /** Ask the storefront what the choice of the shopper changes. Without a handler it changes nothing. */
  #change(event, choice) {
    Object.assign(this.#choice, choice);
    if (!this.has(event)) return this.#sheet.send("changed", { status: "success" });
    const sheet = this.#sheet;
    const answer = waitFor("The storefront", UPDATE_TIMEOUT_MS);
    const updateWith = (update) => {
      checkUpdate(update);
      answer.resolve(update);
    };
    answer.promise.then(
      (update) => this.#update(sheet, update),
      () => this.#update(sheet, { status: "failure" }),
    );
    this.emit(event, { ...choice, updateWith });
  }

  #update(sheet, update) {
    if (this.#sheet !== sheet) return; // The shopper has closed the sheet meanwhile.
    for (const name of ["total", "displayItems", "shippingOptions"]) {
      if (update[name] !== undefined) this.#request = { ...this.#request, [name]: update[name] };
    }
    sheet.send("changed", update);
  }

  async #pay({ billingAddress, shippingAddress, contactInformation, shippingOption }) {
    const sheet = this.#sheet;
    const { sessionId, currency, total, sourceData } = this.#request;
    const { source, error } = await createSource(this.instance, {
      ...sourceData, // What Drop-in adds, such as the agreement to the storage of the source.
      type: this.wallet.type,
      owner: { ...billingAddress, email: contactInformation.email, phoneNumber: contactInformation.phoneNumber },
      ...(sessionId ? { sessionId } : { currency, amount: total.amount }),
    });
    if (this.#sheet !== sheet) return; // The shopper has closed the sheet, which was reported as a cancel.
    const order = waitFor("The storefront", ORDER_TIMEOUT_MS);
    const complete = (status) => order.resolve(status);
    order.promise.then(
      (status) => this.#complete(sheet, status),
      () => this.#complete(sheet, "success"), // Whether there is an order, only the storefront knows: the sheet must not deny it.
    );
    this.emit("source", {
      ...{ source, error, billingAddress, shippingAddress, contactInformation, shippingOption, complete },
    });
  }

  /** The storefront's last word: `success` closes the sheet, everything else shows that the payment has failed. */
  #complete(sheet, status) {
    if (this.#sheet !== sheet) return;
    this.#choice.isPaid = status === "success";
    if (this.#choice.isPaid) sheet.close();
    else sheet.send("failed", {});
  }
}

for (const type of Object.keys(WALLETS)) defineElement(type, WalletElement, { several: true });
