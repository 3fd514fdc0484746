// A dialog over the page with a frame of the sandbox: the bank's challenge, or the payment sheet of a wallet.
//
// The dialog has a shadow root, so that neither the style of the storefront nor that of the dialog reaches the other one.

addTexts({ en: { cancel: "Cancel" }, de: { cancel: "Abbrechen" }, ja: { cancel: "キャンセル" } });

const DIALOG_STYLE = `
  dialog {
    box-sizing: border-box;
    width: min(30rem, 100vw - 1rem);
    height: min(44rem, 100dvh - 1rem);
    max-width: none;
    max-height: none;
    padding: 0;
    overflow: hidden;
    border: 1px solid light-dark(#d7dfe2, #2e3f47);
    border-radius: 12px;
    background: light-dark(#f5f7f8, #10191d);
    color: light-dark(#17252b, #e6eef0);
    color-scheme: light dark;
  }
  dialog[open] { display: flex; flex-direction: column; }
  dialog::backdrop { background: rgb(0 0 0 / 45%); }
  header { display: flex; align-items: center; justify-content: space-between; gap: 1rem; padding: 0.5rem 0.5rem 0.5rem 1rem; }
  h2 { margin: 0; font: 600 1rem/1.3 system-ui, sans-serif; }
  button {
    min-height: 2.75rem;
    padding: 0.5rem 1rem;
    border: 1px solid light-dark(#78868c, #64767e);
    border-radius: 8px;
    background: transparent;
    color: inherit;
    font: 600 0.9375rem/1.2 system-ui, sans-serif;
    white-space: nowrap;
    cursor: pointer;
  }
  button:focus-visible { outline: 3px solid light-dark(#0f5c6b, #6cc5d3); outline-offset: 2px; }
  iframe { flex: 1; min-height: 0; }
`;

class FrameDialog {
  #host = newNode("div");
  #dialog = newNode("dialog", { "aria-labelledby": "title" });
  #frame;

  /** Resolves when the dialog is closed: by the shopper, by `close`, or because the shopper's time is over. */
  closed;

  /**
   * @param {string} locale of the button with which the shopper abandons the dialog
   * @param {string} page the page of the frame
   * @param {string} title of the dialog, and of the frame for screen readers
   * @param {object} configuration what the frame receives first
   * @param {(kind: string, data: object) => void} receive is called with each message of the frame
   */
  constructor(locale, page, title, configuration, receive) {
    this.#frame = new SandboxFrame(page, title, configuration, (kind, data) => {
      if (kind === "escape") this.close();
      else receive(kind, data);
    });
    this.#build(title, locale);
    const closing = waitFor("The dialog", SHOPPER_TIMEOUT_MS);
    this.#dialog.addEventListener("close", () => closing.resolve());
    this.closed = outcomeOf(closing.promise).then(() => this.#leave());
    document.body.append(this.#host);
    this.#frame.mount(this.#dialog);
    this.#dialog.showModal();
  }

  send(kind, data) {
    this.#frame.send(kind, data);
  }

  close() {
    this.#dialog.close();
  }

  #build(title, locale) {
    const close = newButton(text(locale, "cancel"), { onclick: () => this.close() });
    this.#dialog.append(newNode("header", { lang: languageOf(locale) }, newNode("h2", { id: "title" }, title), close));
    shadowOf(this.#host, DIALOG_STYLE).append(this.#dialog);
  }

  #leave() {
    this.#dialog.close(); // Gives the focus back.
    this.#frame.remove();
    this.#host.remove();
  }
}
