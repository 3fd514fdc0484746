// Nodes of a page. They have classes and no style of their own, so that a strict Content-Security-Policy does not matter.

let countOfIds = 0;

/** An id that no other node of the library has. */
function newId(name) {
  countOfIds += 1;
  return `DR-${name}-${countOfIds}`;
}

/** An element of the page. Attributes that are undefined or false are left out; `onclick` and the like are listeners. */
function newNode(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value !== undefined && value !== false) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== undefined));
  return node;
}

function newButton(label, attributes) {
  return newNode("button", { type: "button", ...attributes }, label);
}

function newLink(href, label, attributes = {}) {
  return newNode("a", { href, target: "_blank", rel: "noopener", ...attributes }, label);
}

/** A shadow root with this style, into which the style of the page does not reach. */
function shadowOf(host, css) {
  const style = new CSSStyleSheet();
  style.replaceSync(css);
  const root = host.attachShadow({ mode: "open" });
  root.adoptedStyleSheets = [style];
  return root;
}

/** A paragraph for an error. It is announced when it gets its text. */
function newErrorNode(attributes = {}) {
  return newNode("p", { class: "DR-error-message", id: newId("error"), role: "alert", ...attributes });
}

/** Show what is wrong with an input of the page, tied to it; "" if nothing is. */
function showFault(input, errorNode, fault) {
  errorNode.textContent = fault;
  if (fault) input.setAttribute("aria-invalid", "true");
  else input.removeAttribute("aria-invalid");
}
