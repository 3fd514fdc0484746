// What the page is, its colours, and the ways to the parts of the panel.
const { createElement: h } = React;

const THEMES = { system: "Auto", light: "Light", dark: "Dark" };

export function Header({ hasSandbox, theme, chooseTheme }) {
  const themes = Object.entries(THEMES).map(([name, title]) =>
    h("button", { key: name, type: "button", "aria-pressed": theme === name, onClick: () => chooseTheme(name) }, title),
  );
  return h(
    React.Fragment,
    null,
    h("h1", null, h("img", { src: "/graphiql/assets/icon.svg", alt: "" }), "Riverfront"),
    h("div", { className: "rf-themes", role: "group", "aria-label": "Colours" }, themes),
    h(
      "p",
      { className: "rf-welcome" },
      "A checkout in GraphQL. Play the steps in order: ids, totals and keys fill themselves in.",
    ),
    h(
      "nav",
      { className: "rf-shortcuts", "aria-label": "Parts of the panel" },
      h("a", { href: "#rf-sets" }, "Examples"),
      hasSandbox && [
        h(ListLink, { key: "cards", id: "rf-cards" }, "Test cards"),
        h(ListLink, { key: "scenarios", id: "rf-scenarios" }, "Scenarios"),
        h(ListLink, { key: "clock", id: "rf-clock" }, "Clock"),
      ],
    ),
  );
}

// Goes to a list of test data, and opens it.
function ListLink({ id, children }) {
  return h("a", { href: `#${id}`, onClick: () => (document.getElementById(id).open = true) }, children);
}
