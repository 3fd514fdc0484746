// What a frame takes over from the page around it, so that it does not look foreign in light and dark.

/** Whether the container is shown in light or dark. A page that declares no color scheme is light. */
function colorSchemeOf(container) {
  const declared = getComputedStyle(container).colorScheme.split(" ");
  const isDark = window.matchMedia("(prefers-color-scheme: dark)").matches;
  if (declared.includes("dark") && (isDark || !declared.includes("light"))) return "dark";
  return "light";
}

/** Style of the container that the frame uses unless the storefront gives its own. */
function inheritedStyle(container) {
  const { color, fontFamily, fontSize, fontWeight, letterSpacing } = getComputedStyle(container);
  return { color, fontFamily, fontSize, fontWeight, letterSpacing };
}

/** Call the function when the reader's color scheme changes. Returns a function that ends this. */
function onColorSchemeChange(update) {
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  dark.addEventListener("change", update);
  return () => dark.removeEventListener("change", update);
}
