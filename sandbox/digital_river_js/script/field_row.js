// A field in a frame with its label and its error. The frame announces the error, which is shown here to those who see.

addTexts({
  en: { notLoaded: "This field could not be loaded. Please check your connection." },
  de: { notLoaded: "Dieses Feld konnte nicht geladen werden. Bitte prüfen Sie Ihre Verbindung." },
  ja: { notLoaded: "この項目を読み込めませんでした。接続をご確認ください。" },
});

class FieldRow {
  #holder;
  #problem = newErrorNode();

  /** @param {string} name class of the row, and a part of the id of the field's container */
  constructor(name, label) {
    this.#holder = newNode("div", { id: newId(name), class: "DR-field" });
    const title = newNode("label", { class: "DR-field-label", for: this.#holder.id }, label);
    this.node = newNode("div", { class: `DR-field-parent DR-${name}` }, title, this.#holder, this.#problem);
  }

  /**
   * Mount the element of the field.
   * @param {(state: object) => void} changed is called with each state that the element reports
   * @returns {Promise<boolean>} as `mountAndWait`
   */
  async mount(element, changed) {
    element.on("change", (state) => {
      this.show(state.error?.message ?? "");
      changed(state);
    });
    this.show("");
    const { value, error } = await outcomeOf(element.mountAndWait(this.#holder));
    if (!error) return value;
    this.show(text(element.instance.locale, "notLoaded"), { isAnnounced: true });
    throw new PaymentError(error);
  }

  show(problem, { isAnnounced = false } = {}) {
    afterClick(() => {
      this.#problem.setAttribute("aria-hidden", String(!isAnnounced));
      this.#problem.textContent = problem;
      this.#holder.classList.toggle("DR-field-invalid", Boolean(problem));
    });
  }
}
