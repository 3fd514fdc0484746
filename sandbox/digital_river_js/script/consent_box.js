// A checkbox with which the shopper agrees to something.

addTexts({
  en: { mustAccept: "Please accept this to continue." },
  de: { mustAccept: "Bitte stimmen Sie zu, um fortzufahren." },
  ja: { mustAccept: "続けるには同意が必要です。" },
});

class ConsentBox {
  #error = newErrorNode();
  #input;
  #isRequired;
  #mustAccept;

  /**
   * @param {string} name class of the checkbox, such as `terms`
   * @param {(string | Node)[]} content
   * @param {{locale: string, isRequired?: boolean, changed?: () => void}} options
   */
  constructor(name, content, { locale, isRequired = false, changed }) {
    this.#isRequired = isRequired;
    this.#mustAccept = text(locale, "mustAccept");
    this.#input = newNode("input", {
      type: "checkbox",
      id: newId(name),
      class: `DR-${name}-checkbox`,
      required: isRequired,
      "aria-describedby": this.#error.id,
      onchange: () => {
        showFault(this.#input, this.#error, "");
        changed?.();
      },
    });
    const label = newNode("label", { for: this.#input.id, class: `DR-${name}-text` }, ...content);
    this.node = newNode("div", { class: `DR-box DR-${name}` }, this.#input, label, this.#error);
  }

  get isTicked() {
    return this.#input.checked;
  }

  get isSatisfied() {
    return this.isTicked || !this.#isRequired;
  }

  /** Show whether something is missing. Returns whether nothing is. */
  check() {
    showFault(this.#input, this.#error, this.isSatisfied ? "" : this.#mustAccept);
    return this.isSatisfied;
  }

  focus() {
    this.#input.focus();
  }
}
