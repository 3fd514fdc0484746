// A list in a frame, from which the shopper selects.

const list = document.getElementById("field");

let configuration = null;

/** What the frames of the same form read. */
window.digitalRiverField = {
  get id() {
    return configuration?.id;
  },
  get value() {
    return list.value;
  },
};

function configure(changed) {
  const isFirst = !configuration;
  configuration = changed;
  document.documentElement.lang = configuration.locale;
  document.documentElement.style.colorScheme = configuration.colorScheme;
  document.title = configuration.label;
  list.setAttribute("aria-label", configuration.label);
  applyStyle(configuration.inherited, configuration.style);
  fill();
  if (!isFirst) return;
  new ResizeObserver(reportHeight).observe(list);
  reportHeight();
  sendToShop("ready");
}

/** Show the choices, and keep the selected one. */
function fill() {
  const selected = list.value;
  list.replaceChildren(new Option(configuration.prompt, ""), ...configuration.choices.map(optionOf));
  list.value = configuration.choices.some(({ value }) => value === selected) ? selected : "";
  list.disabled = !configuration.choices.length;
}

function optionOf({ value, label }) {
  return new Option(label, value);
}

function reportHeight() {
  sendToShop("height", { height: Math.ceil(list.getBoundingClientRect().height) });
}

/**
 * Report the choice, and return its error.
 * @param {{isMissing?: boolean}} [shown] whether an absent choice is an error
 */
function report({ isMissing = false } = {}) {
  const { value } = list;
  const complete = value !== "";
  const invalid = isMissing && !complete;
  for (const [name, isSet] of Object.entries({ complete, empty: !complete, invalid })) list.classList.toggle(name, isSet);
  list.setAttribute("aria-invalid", String(invalid));
  sendToShop("classes", { states: { complete, empty: !complete, invalid } });
  const error = invalid ? { type: "validation_error", code: "missing_parameter", message: configuration.prompt } : null;
  sendToShop("change", { complete, empty: !complete, error, ...(configuration.sendsValue !== false && { value }) });
  return error;
}

function onFocusChange({ type }) {
  sendToShop("classes", { states: { focus: type === "focus" } });
  sendToShop(type);
}

list.addEventListener("change", () => report());
list.addEventListener("focus", onFocusChange);
list.addEventListener("blur", onFocusChange);

listenToShop({
  configure,
  focus: () => list.focus(),
  blur: () => list.blur(),
  "show-error": () => report({ isMissing: true }),
  clear() {
    list.value = "";
    report();
  },
});
