// A window in which the shopper approves a payment at its provider.
//
// The provider sends the window to returned.html of the sandbox, which reports to this page and closes the window. A
// shopper may also close the window. How the payment ended, only the source says.

const POPUP_FEATURES = "popup,width=520,height=760";

const POPUP_CHECK_MS = 300;

class ProviderPopup {
  #id = randomName();
  #window;

  /** A browser opens a window only while it handles a click, so the window is there before the source is. */
  constructor() {
    this.#window = window.open("", "_blank", POPUP_FEATURES);
  }

  /** `returnUrl` and `cancelUrl` of the source. */
  get addresses() {
    const address = (outcome) => `${FRAMES_URL}returned.html?${new URLSearchParams({ id: this.#id, outcome })}`;
    return { returnUrl: address("return"), cancelUrl: address("cancel") };
  }

  close() {
    this.#window?.close();
  }

  /** Open the provider's page. Resolves once the window has returned or was closed. */
  show(url) {
    if (!this.#window) throw new Error("The browser did not open a window for the provider.");
    this.#window.location.replace(url);
    return new Promise((resolve) => {
      const onMessage = ({ origin, data }) => {
        if (origin === SERVICE_ORIGIN && data?.digitalRiver === "returned" && data.id === this.#id) end();
      };
      const timer = setInterval(() => this.#window.closed && end(), POPUP_CHECK_MS);
      const end = () => {
        clearInterval(timer);
        window.removeEventListener("message", onMessage);
        this.close();
        resolve();
      };
      window.addEventListener("message", onMessage);
    });
  }
}
