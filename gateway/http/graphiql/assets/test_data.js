// Test cards, test scenarios and the clock of the sandbox. The sandbox lists them itself.
import { withCode } from "./steps.js";

const { createElement: h, useEffect, useState } = React;

export function TestData({ guide, progress, step }) {
  const sessionId = progress.values["paymentSession.sessionId"]?.value;
  return h(
    "section",
    { className: "rf-data", "aria-labelledby": "rf-data" },
    h("h2", { id: "rf-data" }, "Test data"),
    h(List, { title: "Test cards", path: "/_sandbox/test-cards", guide, row: (card) => h(Card, { card, guide, step }) }),
    h(List, {
      title: "Test scenarios",
      path: "/_sandbox/test-scenarios",
      guide,
      row: (scenario) => h(Scenario, { scenario, guide, step }),
      hint: sessionId ? "" : "A source belongs to a payment session: play a step with an address first.",
    }),
    h(Clock, { guide }),
    h("a", { href: `${guide.sandbox.origin}/_sandbox/`, target: "_blank", rel: "noreferrer" }, "All controls of the sandbox ↗"),
  );
}

// A list that is asked for when it is opened.
function List({ title, path, guide, row, hint }) {
  const [rows, setRows] = useState([]);
  const [problem, setProblem] = useState("");
  const load = (event) =>
    event.currentTarget.open &&
    rows.length === 0 &&
    guide.sandbox.ask(path).then(setRows, (failure) => setProblem(failure.message));
  return h(
    "details",
    { onToggle: load },
    h("summary", null, title),
    hint && h("p", { className: "rf-hint" }, hint),
    problem && h("p", { className: "rf-bad", role: "alert" }, problem),
    h("ul", null, rows.map((each) => h("li", { key: each.scenario }, row(each)))),
  );
}

function Card({ card, guide, step }) {
  return h(
    React.Fragment,
    null,
    h("strong", null, `${card.brand} `, h("code", null, inGroups(card.number))),
    h("span", null, withCode(card.happens)),
    h(Use, { scenario: card.scenario, guide, step }),
  );
}

function Scenario({ scenario, guide, step }) {
  return h(
    React.Fragment,
    null,
    h("strong", null, scenario.displayName),
    h("span", null, withCode(scenario.happens)),
    h(Use, { scenario: scenario.scenario, guide, step }),
  );
}

// Makes a source, which the next operation with a source id sends.
function Use({ scenario, guide, step }) {
  const [source, setSource] = useState(null);
  const [problem, setProblem] = useState("");
  const make = () => {
    setProblem("");
    guide.createSource({ scenario }, step).then(
      (created) => {
        step && guide.replaceSource(step);
        setSource(created);
      },
      (failure) => setProblem(failure.message),
    );
  };
  return h(
    React.Fragment,
    null,
    h("button", { type: "button", onClick: make, title: scenario }, "Make this source"),
    source && h("p", { className: "rf-good", role: "status" }, withCode(`Source \`${source.sourceId}\` is ${source.state}.`)),
    problem && h("p", { className: "rf-bad", role: "alert" }, problem),
  );
}

function Clock({ guide }) {
  const [clock, setClock] = useState(null);
  const [problem, setProblem] = useState("");
  const ask = (body) => guide.sandbox.ask("/_sandbox/clock", body).then(setClock, (failure) => setProblem(failure.message));
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
    { onToggle: (event) => event.currentTarget.open && ask() },
    h("summary", null, "Clock"),
    problem && h("p", { className: "rf-bad", role: "alert" }, problem),
    clock && h("p", null, `In the sandbox it is ${new Date(clock.now).toLocaleString()}.`),
    h("ul", null, steps),
  );
}

function inGroups(number) {
  return number.replace(/(\d{4})(?=\d)/g, "$1 ");
}
