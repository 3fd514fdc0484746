// The entries of Drop-in's list. An entry has a heading that opens and closes it; one entry is open at a time.

class DropinEntry {
  #toggle;
  #part;
  #problem = newErrorNode();
  #readiness = null;
  body = newNode("div", { class: "DR-card-body" });

  /**
   * @param {Dropin} dropin
   * @param {{type: string, title: string, detail?: string, image?: string, kind?: string}} heading
   */
  constructor(dropin, { type, title, detail, image, kind = "DR-unstored" }) {
    this.dropin = dropin;
    this.type = type;
    const part = newId(type);
    const logo = newNode("img", { class: "DR-logo", src: image, alt: "", width: 50, height: 32 });
    this.#toggle = newButton("", {
      class: "DR-card-toggle",
      id: `${part}-heading`,
      "aria-expanded": "false",
      "aria-controls": part,
      onclick: () => dropin.toggle(this),
    });
    const name = newNode("span", { class: "DR-method-name" }, title);
    const about = detail && newNode("span", { class: "DR-method-detail" }, detail);
    this.#toggle.append(...(image ? [logo] : []), newNode("span", {}, name, about || undefined));
    this.#part = newNode(
      "div",
      { class: "DR-collapse", id: part, role: "region", "aria-labelledby": `${part}-heading`, hidden: true },
      this.body,
      this.#problem,
    );
    const heading = newNode("h3", { class: "DR-card-header" }, this.#toggle);
    this.node = newNode("div", { class: `DR-card DR-${type} ${kind}` }, heading, this.#part);
  }

  get isOpen() {
    return !this.#part.hidden;
  }

  open() {
    this.#set(true);
    this.prepare();
  }

  focus() {
    this.#toggle.focus();
  }

  /** Mount the parts of the entry, unless they are there. Returns whether they can be used; if not, the next call tries again. */
  prepare() {
    this.#readiness ??= this.#mountOrReport();
    return this.#readiness;
  }

  close() {
    this.#set(false);
    this.showProblem("");
  }

  showProblem(problem) {
    this.#problem.textContent = problem;
  }

  /** Mount what the entry needs when it is opened for the first time. May return a promise. */
  mount() {}

  /** Take over what has changed in the list of payment methods. */
  update(_method) {}

  destroy() {
    this.node.remove();
  }

  async #mountOrReport() {
    const { error } = await outcomeOf(this.mount());
    if (!error) return true;
    this.#readiness = null;
    this.dropin.finish(this, { source: null, error });
    return false;
  }

  #set(isOpen) {
    this.#part.hidden = !isOpen;
    this.#toggle.setAttribute("aria-expanded", String(isOpen));
    this.node.classList.toggle("DR-card-open", isOpen);
  }
}
