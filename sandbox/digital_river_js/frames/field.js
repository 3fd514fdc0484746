// A field in a frame: it formats what is typed, checks it, and reports to the storefront everything but the value.

let input = document.getElementById("field");

let configuration = null;
let kind = null;
/** Whether an error is shown although the shopper may still be typing. */
let showsIncomplete = false;
let lastReport = "";

/** What the frames of the same card read. */
window.digitalRiverField = {
  get id() {
    return configuration?.id;
  },
  get group() {
    return configuration?.group;
  },
  get type() {
    return configuration?.type;
  },
  get value() {
    return input.value;
  },
  /** Show what is wrong, and return it; null if the value is complete. */
  showError() {
    showsIncomplete = true;
    return report().error;
  },
  /** Check the value again, because the field that it depends on has changed. */
  recheck() {
    if (input.value) report();
  },
};

function configure(changed) {
  const isFirst = !configuration;
  configuration = changed;
  kind = FIELDS[configuration.type];
  if (isFirst && configuration.dynamic?.textArea) replaceByTextArea();
  dressControl(input, configuration, labelOf(configuration));
  input.placeholder = configuration.placeholderText ?? placeholder();
  if (input.localName === "input") input.type = configuration.mask ? "password" : "text";
  for (const [name, value] of Object.entries(kind.attributes)) input.setAttribute(name, value);
  if (!isFirst) return;
  listenToInput();
  input.value = configuration.dynamic?.defaultValue ?? "";
  // Until here, what a quick shopper types would be lost.
  input.disabled = false;
  presentControl(input);
}

function labelOf({ type, locale, dynamic }) {
  return dynamic ? (dynamic.labelText ?? "") : text(locale, kind.label ?? FIELD_TITLES[type]);
}

/** Let the shopper write several lines. */
function replaceByTextArea() {
  const area = Object.assign(document.createElement("textarea"), { id: input.id, className: input.className, rows: 3 });
  area.setAttribute("aria-describedby", "error");
  input.replaceWith(area);
  input = area;
}

function placeholder() {
  return hasText(kind.placeholder) ? text(configuration.locale, kind.placeholder) : kind.placeholder;
}

/** The state of the field, without its value. */
function stateOf() {
  const code = kind.check(input.value);
  const isShown = code && (showsIncomplete || (input.value && !code.startsWith("incomplete")));
  return {
    complete: !code,
    empty: !input.value,
    error: isShown ? { type: "validation_error", code, message: text(configuration.locale, code) } : null,
    ...kind.more?.(input.value),
  };
}

/** Report the state to the storefront and to screen readers, if it has changed. */
function report() {
  const state = stateOf();
  showState(input, state);
  const written = JSON.stringify(state);
  if (written !== lastReport) sendToShop("change", state);
  lastReport = written;
  return state;
}

function onInput(event) {
  const isDeleting = event.inputType?.startsWith("delete");
  const before = input.value;
  const caretFromEnd = before.length - (input.selectionStart ?? before.length);
  const formatted = kind.write(before, isDeleting);
  if (formatted !== before) {
    input.value = formatted;
    const caret = caretFromEnd ? Math.max(formatted.length - caretFromEnd, 0) : formatted.length;
    input.setSelectionRange(caret, caret);
  }
  showsIncomplete = false;
  report();
  for (const neighbor of Object.values(readFields())) if (neighbor.type !== configuration.type) neighbor.recheck?.();
}

function onFocusChange(event) {
  reportFocus(event);
  if (event.type === "blur" && input.value) {
    showsIncomplete = true;
    report();
  }
}

function clear() {
  input.value = "";
  showsIncomplete = false;
  report();
}

function listenToInput() {
  input.addEventListener("input", onInput);
  input.addEventListener("focus", onFocusChange);
  input.addEventListener("blur", onFocusChange);
  input.addEventListener("keydown", ({ key, target }) => {
    if (key === "Enter" && target.localName === "input") sendToShop("return");
  });
}

listenToShop({
  configure,
  clear,
  focus: () => input.focus(),
  blur: () => input.blur(),
  "create-source": ({ body }) => (isCardField() ? createCardSource : createFieldSource)(service(), body),
  "update-source": ({ path, body }) => updateExpiration(service(), path, body),
  "send-fields": ({ path, names }) => sendFields(service(), path, names),
  authenticate: ({ path, body }) => authenticateWithCvv(service(), path, body),
  "show-error": () => window.digitalRiverField.showError(),
});

function isCardField() {
  return configuration.type.startsWith("card");
}

/** The payment service has the same origin as this frame. */
function service() {
  return { url: new URL("../..", location.href).href.replace(/\/$/, ""), key: configuration.key };
}
