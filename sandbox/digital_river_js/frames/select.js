// A list in a frame, from which the shopper selects.

const list = document.getElementById("field");

let configuration = null;

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

function report() {
  const { value } = list;
  const complete = value !== "";
  list.classList.toggle("complete", complete);
  list.classList.toggle("empty", !complete);
  sendToShop("classes", { states: { complete, empty: !complete } });
  sendToShop("change", { complete, empty: !complete, error: null, value });
}

function onFocusChange({ type }) {
  sendToShop("classes", { states: { focus: type === "focus" } });
  sendToShop(type);
}

list.addEventListener("change", report);
list.addEventListener("focus", onFocusChange);
list.addEventListener("blur", onFocusChange);

listenToShop({
  configure,
  focus: () => list.focus(),
  blur: () => list.blur(),
  clear() {
    list.value = "";
    report();
  },
});
