// Builds the nodes of Drop-in's part of the page. They have classes and no style of their own, so that a strict
// Content-Security-Policy of the storefront does not matter.

let dropinNodeCount = 0;

function dropinId(name) {
  dropinNodeCount += 1;
  return `DR-${name}-${dropinNodeCount}`;
}

/** An element of the page. Attributes that are undefined or false are left out; `onclick` and the like are listeners. */
function dropinNode(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value !== undefined && value !== false) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== undefined));
  return node;
}

function dropinButton(label, attributes) {
  return dropinNode("button", { type: "button", ...attributes }, label);
}

/** A paragraph for an error. It is announced when it gets its text. */
function dropinErrorNode(name) {
  return dropinNode("p", { class: "DR-error-message", id: dropinId(name), role: "alert" });
}

/** A checkbox that the shopper may tick, or must tick. */
class DropinBox {
  #isRequired;
  #error = dropinErrorNode("box-error");
  #input;
  #mustAccept;

  /**
   * @param {Dropin} dropin
   * @param {string} name class of the checkbox, such as `terms`
   * @param {(string | Node)[]} content
   * @param {{isRequired?: boolean, changed?: () => void}} options
   */
  constructor(dropin, name, content, { isRequired = false, changed } = {}) {
    this.#isRequired = isRequired;
    this.#mustAccept = dropin.text("mustAccept");
    this.#input = dropinNode("input", {
      type: "checkbox",
      id: dropinId(name),
      class: `DR-${name}-checkbox`,
      required: isRequired,
      "aria-describedby": this.#error.id,
      onchange: () => {
        this.#show("");
        changed?.();
      },
    });
    const label = dropinNode("label", { for: this.#input.id, class: `DR-${name}-text` }, ...content);
    this.node = dropinNode("div", { class: `DR-box DR-${name}` }, this.#input, label, this.#error);
  }

  get isTicked() {
    return this.#input.checked;
  }

  get isSatisfied() {
    return this.isTicked || !this.#isRequired;
  }

  /** Show whether something is missing. Returns whether nothing is. */
  check() {
    this.#show(this.isSatisfied ? "" : this.#mustAccept);
    return this.isSatisfied;
  }

  focus() {
    this.#input.focus();
  }

  #show(problem) {
    this.#error.textContent = problem;
    if (problem) this.#input.setAttribute("aria-invalid", "true");
    else this.#input.removeAttribute("aria-invalid");
  }
}
