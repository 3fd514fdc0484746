// The window in which the shopper approves a payment at the provider, and the dialog over the page meanwhile.
//
// The provider sends the window to returned.html of the sandbox, which reports to this page and closes the window. A
// shopper may also close the window. In all cases the source itself decides how it ended.

const WINDOW_FEATURES = "popup,width=520,height=760";

const CLOSED_CHECK_MS = 300;

class ProviderWindow {
  #dropin;
  #name;
  #id = dropinId("provider");
  #window;

  /** A browser opens a window only while it handles a click, so the window is there before the source is. */
  constructor(dropin, name) {
    this.#dropin = dropin;
    this.#name = name;
    this.#window = window.open("", "_blank", WINDOW_FEATURES);
  }

  get addresses() {
    const address = (outcome) => `${FRAMES_URL}returned.html?${new URLSearchParams({ id: this.#id, outcome })}`;
    return { returnUrl: address("return"), cancelUrl: address("cancel") };
  }

  close() {
    this.#window?.close();
  }

  /**
   * Let the shopper approve the source.
   * @returns {Promise<{source: object | null, error: object | null}>} the source in its state after that
   */
  async approve(source) {
    if (source.state !== "pending_redirect") {
      this.close();
      return { source, error: null };
    }
    if (this.#window) this.#window.location.replace(source.redirect.redirectUrl);
    await this.#untilReturned(source.redirect.redirectUrl);
    this.close();
    return sourceResult(readSource(this.#dropin.instance, source.id, source.clientSecret).then(accepted));
  }

  /** Resolves once the window has returned or was closed, or the shopper has cancelled. */
  #untilReturned(url) {
    return new Promise((resolve) => {
      const dialog = this.#dialog(url, () => end());
      const onMessage = ({ origin, data }) => {
        if (origin === new URL(FRAMES_URL).origin && data?.digitalRiver === "returned" && data.id === this.#id) end();
      };
      const timer = setInterval(() => this.#window?.closed && end(), CLOSED_CHECK_MS);
      const end = () => {
        clearInterval(timer);
        window.removeEventListener("message", onMessage);
        dialog.close(); // The focus returns to the button that opened the dialog.
        dialog.remove();
        resolve();
      };
      window.addEventListener("message", onMessage);
      this.#dropin.node.append(dialog);
      dialog.showModal();
    });
  }

  #dialog(url, cancel) {
    const { text } = this.#dropin;
    const title = dropinNode("h3", { id: dropinId("dialog") }, text("windowTitle"));
    const about = dropinNode("p", {}, text(this.#window ? "windowOpen" : "windowBlocked", { name: this.#name }));
    const show = dropinButton(text(this.#window ? "showWindow" : "openWindow"), {
      class: "DR-pay-button",
      onclick: () => {
        if (this.#window) return this.#window.focus();
        this.#window = window.open(url, "_blank", WINDOW_FEATURES);
        about.textContent = text("windowOpen", { name: this.#name });
        show.textContent = text("showWindow");
      },
    });
    const end = dropinButton(text("cancel"), { class: "DR-secondary-button", onclick: cancel });
    const actions = dropinNode("div", { class: "DR-dialog-actions" }, show, end);
    return dropinNode(
      "dialog",
      { class: "DR-dialog", "aria-labelledby": title.id, oncancel: (event) => (event.preventDefault(), cancel()) },
      title,
      about,
      actions,
    );
  }
}
