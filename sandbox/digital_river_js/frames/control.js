// The input or the list in a frame: its name, look, height and state, as the page around it gives or hears them.

/** Use name, language and look that the storefront has given. */
function dressControl(control, { locale, colorScheme, inherited, style }, label) {
  document.documentElement.lang = languageOf(locale);
  document.documentElement.style.colorScheme = colorScheme;
  document.title = label;
  control.setAttribute("aria-label", label);
  applyStyle(inherited, style);
}

/** Report that the control can be used, and its height now and whenever it changes. */
function presentControl(control) {
  const reportHeight = () => sendToShop("height", { height: Math.ceil(control.getBoundingClientRect().height) });
  new ResizeObserver(reportHeight).observe(control);
  reportHeight();
  sendToShop("ready");
}

/** Show the state in classes, and its error to screen readers. The error is tied to the control. */
function showState(control, { complete, empty, error }) {
  const invalid = Boolean(error);
  for (const [name, isSet] of Object.entries({ complete, empty, invalid })) control.classList.toggle(name, isSet);
  control.setAttribute("aria-invalid", String(invalid));
  const errorText = document.getElementById("error");
  const message = error?.message ?? "";
  if (errorText.textContent !== message) errorText.textContent = message;
  sendToShop("classes", { states: { complete, empty, invalid, webkitAutofill: control.matches(":autofill") } });
}

/** Report that the control has got or lost the focus. */
function reportFocus({ type }) {
  sendToShop("classes", { states: { focus: type === "focus" } });
  sendToShop(type);
}
