// The buttons that pay.

/** A button that does nothing on clicks while it is busy, and keeps the focus. */
class DropinPayButton {
  #face;
  #status = newNode("span", { class: "DR-for-screen-readers", role: "status" });
  #isBusy = false;
  #job;
  #working;

  /**
   * @param {() => Promise<void>} pay
   * @param {{node: Node, button: HTMLButtonElement, show: (isBusy: boolean) => void}} face what the button looks like
   */
  constructor(dropin, pay, face) {
    this.#face = face;
    this.#job = () => dropin.work(pay);
    this.#working = dropin.text("working");
    face.button.addEventListener("click", () => this.click());
    this.node = newNode("div", { class: "DR-actions" }, face.node, this.#status);
  }

  async click() {
    if (this.#isBusy) return;
    this.#show(true);
    try {
      await this.#job();
    } finally {
      this.#show(false);
    }
  }

  #show(isBusy) {
    this.#isBusy = isBusy;
    this.#face.button.setAttribute("aria-disabled", String(isBusy));
    this.#face.show(isBusy);
    this.#status.textContent = isBusy ? this.#working : "";
  }
}

/** A button with a label: by default that of the configuration. */
function plainFace({ options, text }, label = dropinButtonText(options.button, text)) {
  const button = newButton(label, { class: "DR-pay-button DR-button-text" });
  const show = (isBusy) => {
    button.classList.toggle("DR-button-disabled", isBusy);
    const spinner = newNode("span", { class: "DR-spinner", "aria-hidden": "true" });
    button.replaceChildren(...(isBusy ? [spinner] : []), newNode("span", {}, label));
  };
  return { node: button, button, show };
}

/** The button of PayPal, with the style of the configuration. */
function payPalFace({ instance, methodConfiguration }, type) {
  const node = newNode("div", { class: "DR-paypal" });
  const look = payPalLook(instance.locale, type, methodConfiguration.payPal?.style);
  const { button } = walletButton(node, look, () => {});
  button.classList.add("DR-pay-button");
  return { node, button, show() {} };
}
