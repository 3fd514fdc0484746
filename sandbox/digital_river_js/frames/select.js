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
  dressControl(list, configuration, configuration.label);
  fill();
  if (isFirst) presentControl(list);
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

/**
 * Report the choice, and return its error.
 * @param {{isMissing?: boolean}} [shown] whether an absent choice is an error
 */
function report({ isMissing = false } = {}) {
  const { value } = list;
  const complete = value !== "";
  const fault = { type: "validation_error", code: "missing_parameter", message: configuration.prompt };
  const state = { complete, empty: !complete, error: isMissing && !complete ? fault : null };
  showState(list, state);
  sendToShop("change", { ...state, ...(configuration.sendsValue !== false && { value }) });
  return state.error;
}

list.addEventListener("change", () => report());
list.addEventListener("focus", reportFocus);
list.addEventListener("blur", reportFocus);

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
