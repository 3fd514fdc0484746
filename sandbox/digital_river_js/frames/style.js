// The look of a field. The storefront gives the same properties as for DigitalRiver.js; others are ignored.

const STYLE_PROPERTIES = new Set([
  ...["backgroundColor", "color", "fontFamily", "fontSize", "fontSmoothing", "fontStyle", "fontVariant", "fontWeight"],
  ...["height", "letterSpacing", "lineHeight", "padding", "textAlign", "textDecoration", "textShadow"],
  ...["paddingTop", "paddingRight", "paddingBottom", "paddingLeft", "boxShadow"],
  ...["textTransform", "caretColor", "opacity", "webkitTextFillColor", "webkitBoxShadow"],
]);

const PSEUDO_CLASSES = new Set([":hover", ":focus", "::placeholder", "::selection", ":-webkit-autofill", ":disabled"]);

const SHEET = new CSSStyleSheet();
document.adoptedStyleSheets = [SHEET];

/**
 * Use the style of the storefront.
 * @param {object} inherited style of the container, used where `style` says nothing
 * @param {{base?: object, complete?: object, empty?: object, invalid?: object}} style
 */
function applyStyle(inherited, style) {
  SHEET.replaceSync("");
  addRules(".field", inherited);
  for (const [state, properties] of Object.entries({ base: {}, ...style })) {
    addRules(state === "base" ? ".field" : `.field.${CSS.escape(state)}`, properties ?? {});
  }
}

function addRules(selector, properties) {
  const rule = SHEET.cssRules[SHEET.insertRule(`${selector} {}`, SHEET.cssRules.length)];
  for (const [name, value] of Object.entries(properties)) {
    if (PSEUDO_CLASSES.has(name)) addRules(selector + name, value);
    else if (STYLE_PROPERTIES.has(name)) rule.style[name] = value;
  }
}
