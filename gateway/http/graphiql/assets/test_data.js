// Test cards, test scenarios and the clock of the sandbox. The sandbox lists them itself.
import { withCode } from "./steps.js";

const { createElement: h, useState } = React;

export function TestData({ guide, progress, step }) {
  const hasSession = "paymentSession.sessionId" in progress.values;
  const cards = { id: "rf-cards", title: "Test cards", path: "/_sandbox/test-cards", Row: Card };
  const scenarios = { id: "rf-scenarios", title: "Test scenarios", path: "/_sandbox/test-scenarios", Row: Scenario };
  return h(
    "section",
    { className: "rf-data", "aria-labelledby": "rf-data" },
    h("h2", { id: "rf-data" }, "Test data"),
    !hasSession && h("p", { className: "rf-hint" }, "To use a card, play a step with an address first."),
    [cards, scenarios].map((list) => h(List, { key: list.path, ...list, guide, step })),
    h(Clock, { guide }),
    h(
      "a",
      { href: `${guide.sandbox.origin}/_sandbox/`, target: "_blank", rel: "noreferrer" },
      "All controls of the sandbox ↗",
    ),
  );
}

// A list that the sandbox is asked for when it is opened.
function List({ id, title, path, Row, guide, step }) {
  const [rows, setRows] = useState([]);
  const [problem, setProblem] = useState("");
  const load = (event) =>
    event.currentTarget.open &&
    rows.length === 0 &&
    guide.sandbox.ask(path).then(setRows, (failure) => setProblem(failure.message));
  const items = rows.map((row, index) =>
    h("li", { key: row.scenario }, h(Row, { row, before: rows[index - 1], guide, step })),
  );
  return h(
    "details",
    { id, onToggle: load },
    h("summary", null, title),
    problem && h("p", { className: "rf-bad", role: "alert" }, problem),
    h("ul", null, items),
  );
}

function Card({ row: { scenario, brand, number, happens }, guide, step }) {
  const name = h("strong", null, `${brand} `, h("code", null, inGroups(number)));
  return h(Use, { scenario, name, happens, guide, step });
}

// A row names its payment method unless the row before has done so.
function Scenario({ row: { scenario, displayName, happens }, before, guide, step }) {
  const name = displayName !== before?.displayName && h("strong", null, displayName);
  return h(Use, { scenario, name, happens, guide, step });
}

// Makes a source, which the next step that needs a source sends.
function Use({ scenario, name, happens, guide, step }) {
  const [made, setMade] = useState(null);
  const [problem, setProblem] = useState("");
  const make = async () => {
    setProblem("");
    try {
      const source = await guide.createSource({ scenario });
      setMade({ source, next: guide.useSource(source, step) });
    } catch (failure) {
      setProblem(failure.message);
    }
  };
  return h(
    React.Fragment,
    null,
    h("div", null, name, h("span", null, withCode(happens))),
    h("button", { type: "button", onClick: make, "aria-label": `Use ${scenario}`, title: scenario }, "Use"),
    made && h(Made, made),
    problem && h("p", { className: "rf-bad", role: "alert" }, problem),
  );
}

function Made({ source: { sourceId, state, redirectUrl }, next }) {
  const use = next ? ` Step ${next.number}, “${next.title}”, sends it.` : "";
  return h(
    React.Fragment,
    null,
    h("p", { className: "rf-good", role: "status" }, withCode(`Source \`${sourceId}\`, state ${state}.${use}`)),
    redirectUrl && h("button", { type: "button", onClick: () => window.open(redirectUrl) }, "Open its page ↗"),
  );
}

function Clock({ guide }) {
  const [clock, setClock] = useState(null);
  const [problem, setProblem] = useState("");
  const ask = (body) =>
    guide.sandbox.ask("/_sandbox/clock", body).then(setClock, (failure) => setProblem(failure.message));
  const steps = (clock?.steps ?? []).map(({ name, forward_s, happens }) =>
    h(
      "li",
      { key: name },
      h("span", null, happens),
      h("button", { type: "button", onClick: () => ask({ forward_s }) }, `Move on ${name}`),
    ),
  );
  return h(
    "details",
    { id: "rf-clock", onToggle: (event) => event.currentTarget.open && ask() },
    h("summary", null, "Clock"),
    problem && h("p", { className: "rf-bad", role: "alert" }, problem),
    clock && h("p", null, `In the sandbox it is ${new Date(clock.now).toLocaleString()}.`),
    h("ul", null, steps),
  );
}

function inGroups(number) {
  return number.replace(/(\d{4})(?=\d)/g, "$1 ");
}
