// An element that is a button, of a wallet or of a payment provider.

class ButtonElement extends PaymentElement {
  #shown = null;

  /** How the button looks: see `walletButton`. */
  get look() {
    return { before: "", name: "", color: "black" };
  }

  get isShown() {
    return this.#shown !== null;
  }

  /** What happens after a click. */
  clicked() {}

  draw() {
    this.#shown?.host.remove();
    this.#shown = walletButton(this.container, this.look, () => this.clicked());
  }

  remove() {
    this.#shown.host.remove();
    this.#shown = null;
  }

  refresh() {
    this.draw();
  }

  focus() {
    super.focus();
    this.#shown?.button.focus();
  }

  blur() {
    super.blur();
    this.#shown?.button.blur();
  }
}
