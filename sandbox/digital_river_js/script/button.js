// The button of a wallet in the page. Its shadow root keeps the style of the storefront out.

const BUTTON_STYLE = `
  button {
    display: flex;
    align-items: center;
    justify-content: center;
    box-sizing: border-box;
    width: 100%;
    height: 3rem;
    padding: 0 1rem;
    border: 1px solid transparent;
    border-radius: var(--shape, 6px);
    background: var(--ground);
    color: var(--ink);
    font: 500 1.0625rem/1 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
    white-space: nowrap;
    cursor: pointer;
  }
  button:hover { filter: brightness(1.08); }
  button:focus-visible { outline: 3px solid #1a73e8; outline-offset: 2px; }
  button[disabled] { opacity: 0.55; cursor: default; }
  button.light { border-color: #747775; }
  b { font-weight: 700; }
`;

const BUTTON_COLORS = {
  black: { ground: "#000000", ink: "#ffffff" },
  white: { ground: "#ffffff", ink: "#1f1f1f", isLight: true },
  gold: { ground: "#ffc439", ink: "#111111" },
  blue: { ground: "#0064b7", ink: "#ffffff" },
  silver: { ground: "#e5e7e8", ink: "#111111" },
  lightgray: { ground: "#d9dcde", ink: "#111111" },
  darkgray: { ground: "#424748", ink: "#ffffff" },
};

/**
 * Show a button in the container.
 * @param {{before: string, name: string, color: string, isPill?: boolean}} look the name is printed bold
 * @param {() => void} onClick
 * @returns {{host: HTMLElement, button: HTMLButtonElement}}
 */
function walletButton(container, look, onClick) {
  const { ground, ink, isLight } = BUTTON_COLORS[look.color] ?? BUTTON_COLORS.black;
  const host = newNode("div");
  // In one line of its own, the words keep the space between them, also for screen readers.
  const words = newNode("span", {}, look.before && `${look.before} `, newNode("b", {}, look.name));
  const button = newButton(words, { class: isLight && "light", onclick: onClick });
  button.style.setProperty("--ground", ground);
  button.style.setProperty("--ink", ink);
  if (look.isPill) button.style.setProperty("--shape", "1.5rem");
  shadowOf(host, BUTTON_STYLE).append(button);
  container.append(host);
  return { host, button };
}
