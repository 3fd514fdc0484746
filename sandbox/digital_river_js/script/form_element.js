// An element with several fields in frames of their own, each with its label and its error.

/** The label, the holder and the error of a field in a frame. The frame announces the error itself. */
function fieldRow(type, label) {
  const holder = dropinNode("div", { id: dropinId(type), class: "DR-field" });
  const problem = dropinNode("p", { class: "DR-error-message", "aria-hidden": "true" });
  const name = dropinNode("label", { class: "DR-field-label", for: holder.id }, label);
  return { holder, problem, node: dropinNode("div", { class: `DR-field-parent DR-${type}` }, name, holder, problem) };
}

/**
 * A field of a form: `{name, label, pattern?, isRequired?, maxLength?, textArea?, choices?, isSecret?}`. A field with
 * `choices` is a list. The value of a secret one stays in its frame.
 */
class FormElement extends PaymentElement {
  content = null;
  /** Elements of the fields, and what they last reported, by the names of the fields. */
  elements = {};
  states = {};

  remove() {
    this.clearFields();
    this.content?.remove();
    this.content = null;
  }

  refresh() {
    const { style, classes } = this.options;
    for (const element of Object.values(this.elements)) element.update({ style, classes });
  }

  clear() {
    super.clear();
    for (const element of Object.values(this.elements)) element.clear();
  }

  focus() {
    super.focus();
    Object.values(this.elements)[0]?.focus();
  }

  get isComplete() {
    return Object.values(this.states).every(({ complete }) => complete);
  }

  get firstError() {
    return Object.values(this.states).find(({ error }) => error)?.error ?? null;
  }

  /** Add the fields to the container. Returns whether all can be used, as soon as that is known. */
  addFields(container, fields) {
    return canAllBeUsed(fields.map((field) => this.#add(container, field)));
  }

  clearFields() {
    for (const element of Object.values(this.elements)) element.destroy();
    this.elements = {};
    this.states = {};
  }

  /** Show what is missing in all fields. */
  showErrors() {
    for (const element of Object.values(this.elements)) element.showError();
  }

  /** What the field has reported. Subclasses report to the storefront. */
  changed() {}

  #add(container, field) {
    const { holder, problem, node } = fieldRow(field.name, field.label);
    container.append(node);
    const element = this.#elementOf(field);
    this.elements[field.name] = element;
    this.states[field.name] = { complete: field.isRequired === false, empty: true, error: null };
    element.on("change", (state) => {
      problem.textContent = state.error?.message ?? "";
      this.states[field.name] = state;
      this.changed(field, state);
    });
    for (const event of ["focus", "blur"]) element.on(event, () => this.emit(event));
    return element.mountAndWait(holder);
  }

  #elementOf({ label, pattern, invalidCode, isRequired = true, maxLength, textArea, choices, isSecret = false }) {
    const { style, classes } = this.options;
    const shared = { style, classes, labelText: label, sendValue: !isSecret };
    if (choices) return new DynamicSelect("dynamicselect", this.instance, { ...shared, items: choices }, () => {});
    const own = { validationPattern: pattern, invalidCode, isRequired, maxLength, textArea };
    return new DynamicField("dynamicfield", this.instance, { ...shared, ...own }, () => {});
  }
}
