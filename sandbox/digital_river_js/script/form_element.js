// An element with several fields in frames of their own, each with its label and its error.

/**
 * A field of a form: `{name, label, pattern?, isRequired?, maxLength?, textArea?, choices?, isSecret?}`. A field with
 * `choices` is a list. The value of a secret one stays in its frame.
 */
class FormElement extends PaymentElement {
  content = null;
  /** Elements of the fields, and what they last reported, by the names of the fields. */
  elements = {};
  states = {};

  /** Add the node that holds the form. */
  addContent(name) {
    this.content = newNode("div", { class: `DR-${name} DR-form`, lang: this.language });
    this.container.append(this.content);
    return this.content;
  }

  remove() {
    this.clearFields();
    this.content?.remove();
    this.content = null;
  }

  refresh() {
    const { style, classes } = this.options;
    for (const element of Object.values(this.elements)) element.update({ style, classes });
  }

  focus() {
    super.focus();
    Object.values(this.elements)[0]?.focus();
  }

  blur() {
    super.blur();
    for (const element of Object.values(this.elements)) element.blur();
  }

  clear() {
    super.clear();
    for (const element of Object.values(this.elements)) element.clear();
  }

  /** The state of the whole form. */
  get state() {
    const states = Object.values(this.states);
    return {
      complete: states.every(({ complete }) => complete),
      empty: states.every(({ empty }) => empty),
      error: states.find(({ error }) => error)?.error ?? null,
    };
  }

  /** A field has reported its state. By default, the storefront hears the state of the whole form. */
  changed(_name, _state) {
    this.emit("change", this.state);
  }

  /** Add the fields to the form. Returns whether all can be used, as soon as that is known. */
  addFields(fields) {
    return canAllBeUsed(fields.map((field) => this.addField(field, this.#elementOf(field))));
  }

  /** Add a field with its element. Returns what `mountAndWait` of the element returns. */
  addField({ name, label, isRequired = true }, element) {
    const row = new FieldRow(name, label);
    this.content.append(row.node);
    this.elements[name] = element;
    this.states[name] = { complete: !isRequired, empty: true, error: null };
    for (const event of ["focus", "blur", "return"]) element.on(event, () => this.emit(event));
    return row.mount(element, (state) => {
      this.states[name] = state;
      this.changed(name, state);
    });
  }

  clearFields() {
    for (const element of Object.values(this.elements)) element.destroy();
    this.elements = {};
    this.states = {};
  }

  /** Show what is missing in all fields. The first of them gets the focus. */
  showErrors() {
    const incomplete = Object.keys(this.states).filter((name) => !this.states[name].complete);
    this.elements[incomplete[0]]?.focus();
    for (const element of Object.values(this.elements)) element.showError();
  }

  #elementOf({ label, pattern, invalidCode, isRequired = true, maxLength, textArea, choices, isSecret = false }) {
    const { style, classes } = this.options;
    const shared = { style, classes, labelText: label, sendValue: !isSecret };
    if (choices) return new DynamicSelect("dynamicselect", this.instance, { ...shared, items: choices }, () => {});
    const own = { validationPattern: pattern, invalidCode, isRequired, maxLength, textArea };
    return new DynamicField("dynamicfield", this.instance, { ...shared, ...own }, () => {});
  }
}
