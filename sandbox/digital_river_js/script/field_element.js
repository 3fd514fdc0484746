// The elements into which a shopper types: their field is in a frame, and its value stays there.

addTexts({
  en: { cardNumber: "Card number", cardExpiration: "Expiration date", cardCvv: "Security code" },
  "en-GB": { cardExpiration: "Expiry date" },
  de: { cardNumber: "Kartennummer", cardExpiration: "Gültig bis", cardCvv: "Prüfziffer" },
  ja: { cardNumber: "カード番号", cardExpiration: "有効期限", cardCvv: "セキュリティコード" },
});

/** Names of the texts that title the fields, by the type of the element. */
const FIELD_TITLES = { cardnumber: "cardNumber", cardexpiration: "cardExpiration", cardcvv: "cardCvv" };

class FieldElement extends PaymentElement {
  #frame;
  #stopWatching;

  show() {
    const title = text(this.instance.locale, FIELD_TITLES[this.type]);
    this.#frame = new SandboxFrame("field.html", title, this.#configuration(), (kind, data) => this.#receive(kind, data));
    this.#frame.iframe.style.height = "1.5em";
    this.setClasses({ base: true, empty: true });
    this.#stopWatching = onColorSchemeChange(() => this.refresh());
    this.container.addEventListener("click", this.#focusFrame);
    this.#frame.mount(this.container);
    for (const label of this.#labels()) label.addEventListener("click", this.#focusFrame);
    this.refresh();
  }

  hide() {
    for (const label of this.#labels()) label.removeEventListener("click", this.#focusFrame);
    this.container.removeEventListener("click", this.#focusFrame);
    this.#stopWatching();
    this.#frame.remove();
    this.#frame = undefined;
  }

  refresh() {
    const configuration = this.#configuration();
    this.#frame.iframe.style.colorScheme = configuration.colorScheme;
    this.#frame.configure(configuration);
  }

  focus() {
    super.focus();
    this.#frame?.send("focus");
  }

  blur() {
    super.blur();
    this.#frame?.send("blur");
  }

  clear() {
    super.clear();
    this.#frame?.send("clear");
  }

  /** Show and announce what is wrong with the value, also while the shopper may still be typing. */
  showError() {
    this.#frame?.send("show-error");
  }

  /** The frame's answer to a request, such as the result of creating a source with the fields of the same card. */
  ask(kind, data) {
    if (!this.#frame) throw new Error(`Mount the element ${this.type} first.`);
    return this.#frame.ask(kind, data);
  }

  #configuration() {
    const { key, locale, group } = this.instance;
    const { style = {}, placeholderText, mask } = this.options;
    return {
      type: this.type,
      ...{ key, locale, group, style, placeholderText, mask },
      inherited: inheritedStyle(this.container),
      colorScheme: colorSchemeOf(this.container),
    };
  }

  #receive(kind, data) {
    if (kind === "height") {
      this.#frame.iframe.style.height = `${data.height}px`;
    } else if (kind === "classes") {
      this.setClasses(data.states);
    } else if (EVENTS.has(kind)) {
      this.emit(kind, data);
    }
  }

  #focusFrame = () => this.focus();

  /** Labels of the page that name the container: a click on them leads into the field, as with a field of the page. */
  #labels() {
    const { id } = this.container;
    return id ? document.querySelectorAll(`label[for="${CSS.escape(id)}"]`) : [];
  }
}

for (const type of Object.keys(FIELD_TITLES)) defineElement(type, FieldElement);
