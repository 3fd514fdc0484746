// Buttons of payment providers: `paypal` and `paypalcredit`, which approve in a window, and `amazonpay`, which leaves
// the page.

addTexts({ any: { wallet_paypal: "", wallet_installment: "" } });

/** Words of PayPal's labels, as those of the wallets. */
const PAYPAL_WORDS = { paypal: "paypal", pay: "pay", checkout: "checkout", buynow: "buy", installment: "installment" };

class ProviderButton extends ButtonElement {
  #isBusy = false;

  /** What happens after a click. */
  async pay() {}

  /** What `ready` reports. */
  async prepare() {
    return {};
  }

  async render() {
    this.draw();
    const readiness = await this.prepare();
    if (this.container) this.emit("ready", readiness);
  }

  async clicked() {
    if (this.#isBusy) return;
    this.#isBusy = true;
    this.emit("click");
    try {
      await this.pay();
    } finally {
      this.#isBusy = false;
    }
  }
}

/** How a button of PayPal looks with the style that PayPal's own buttons know. */
function payPalLook(locale, sourceType, { label = "paypal", color = "gold", shape = "rect" } = {}) {
  const words = text(locale, `wallet_${PAYPAL_WORDS[label] ?? "paypal"}`);
  const name = sourceType === "payPalCredit" ? "PayPal Credit" : "PayPal";
  return { before: words, name, color, isPill: shape === "pill" };
}

class PayPalButton extends ProviderButton {
  get sourceType() {
    return this.type === "paypal" ? "payPal" : "payPalCredit";
  }

  get look() {
    return payPalLook(this.instance.locale, this.sourceType, this.options.style);
  }

  async pay() {
    const popup = new ProviderPopup(this.instance);
    if (popup.isBlocked) return this.#report({ source: null, error: popup.blockedError });
    const type = this.sourceType;
    const { sourceData = {} } = this.options;
    const made = await createSource(this.instance, {
      ...sourceData,
      type,
      [type]: { ...sourceData[type], ...popup.addresses },
    });
    if (made.error) {
      popup.close();
      return this.#report(made);
    }
    await popup.show(made.source.redirect.redirectUrl);
    const { source, error } = await retrieveSource(this.instance, made.source.id, made.source.clientSecret);
    if (source?.state === "pending_redirect") return this.emit("cancel");
    this.#report(await sourceResult(error ? Promise.reject(new PaymentError(error)) : Promise.resolve(source).then(accepted)));
  }

  /** The window is closed already, so that the storefront's answer has nothing to change. */
  #report(result) {
    this.emit("source", { ...result, complete() {} });
  }
}

class AmazonPayButton extends ProviderButton {
  constructor(...given) {
    super(...given);
    const { sourceData } = this.options;
    if (!sourceData?.sessionId) throw new Error("The element amazonpay needs sourceData.sessionId.");
    for (const name of ["returnUrl", "cancelUrl", "resultReturnUrl"]) {
      if (!sourceData.amazonPay?.[name]) throw new Error(`The element amazonpay needs sourceData.amazonPay.${name}.`);
    }
  }

  get look() {
    const { color = "Gold" } = this.options.style ?? {};
    return { before: text(this.instance.locale, "wallet_pay"), name: "Amazon Pay", color: color.toLowerCase() };
  }

  async prepare() {
    const { sessionId } = this.options.sourceData;
    const body = { sessionId };
    const call = callService(this.instance.service, "POST", "/payments/amazon-pay/session", { body });
    const { error } = await outcomeOf(call);
    return error ? { error } : {};
  }

  async pay() {
    const { sourceData } = this.options;
    const amazonPay = { placement: "Cart", checkoutLanguage: "en_US", ...sourceData.amazonPay };
    const result = await createSource(this.instance, { ...sourceData, type: "amazonPay", amazonPay });
    this.emit("source", { ...result, complete() {} });
    if (result.source) location.assign(result.source.redirect.redirectUrl);
  }
}

defineElement("paypal", PayPalButton, { several: true });
defineElement("paypalcredit", PayPalButton);
defineElement("amazonpay", AmazonPayButton);
