// What a frame takes over from the page around it, so that it does not look foreign in light and dark.

/** Whether the container is shown in light or dark. The page may declare it in its style or in a meta element. */
function colorSchemeOf(container) {
  const probe = document.createElement("span");
  probe.style.color = "light-dark(rgb(0, 0, 0), rgb(255, 255, 255))";
  container.append(probe);
  const isDark = getComputedStyle(probe).color === "rgb(255, 255, 255)";
  probe.remove();
  return isDark ? "dark" : "light";
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
