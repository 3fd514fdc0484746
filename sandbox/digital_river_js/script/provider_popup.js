// A window in which the shopper approves a payment at its provider.
//
// The provider sends the window to returned.html of the sandbox, which reports to this page and closes the window. A
// shopper may also close the window. How the payment ended, only the source says.

const POPUP_FEATURES = "popup,width=520,height=760";

const POPUP_CHECK_MS = 300;

class ProviderPopup {
  #id = randomName();
  #locale;
  #window;
  #end;

  /** A browser opens a window only while it handles a click, so the window is there before the source is. */
  constructor({ locale }) {
    this.#locale = locale;
    this.#window = window.open("", "_blank", POPUP_FEATURES);
  }

  /** `returnUrl` and `cancelUrl` of the source. */
  get addresses() {
    const known = { id: this.#id, locale: this.#locale };
    const address = (outcome) => `${FRAMES_URL}returned.html?${new URLSearchParams({ ...known, outcome })}`;
    return { returnUrl: address("return"), cancelUrl: address("cancel") };
  }

  /** Whether the browser has opened no window. A click of the shopper may `open` one then. */
  get isBlocked() {
    return !this.#window;
  }

  get blockedError() {
    return errorOf("bad_request", "unknown_error", "The browser did not open a window for the provider.");
  }

  open(url) {
    this.#window = window.open(url, "_blank", POPUP_FEATURES);
  }

  focus() {
    this.#window?.focus();
  }

  close() {
    this.#window?.close();
    this.#end?.();
  }

  /** Open the provider's page. Resolves once the window has returned or was closed, or the shopper's time is over. */
  async show(url) {
    this.#window?.location.replace(url);
    const shown = waitFor("The provider's window", SHOPPER_TIMEOUT_MS);
    this.#end = shown.resolve;
    const onMessage = ({ origin, data }) => {
      if (origin === SERVICE_ORIGIN && data?.digitalRiver === "returned" && data.id === this.#id) this.close();
    };
    window.addEventListener("message", onMessage);
    const timer = setInterval(() => this.#window?.closed && this.close(), POPUP_CHECK_MS);
    await outcomeOf(shown.promise);
    clearInterval(timer);
    window.removeEventListener("message", onMessage);
    this.close();
  }
}
