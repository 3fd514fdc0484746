// The steps of a set, and what there is to do at the step that is shown.
import { isOfShopper } from "./guide.js";

const { createElement: h, useState } = React;

const START_OVER = "Restores the untouched tabs of this example, and ends the session";

export function StepList({ guide, progress, step, open, run, isFetching, startOver }) {
  const { set } = guide;
  const items = set.steps.map((other) => {
    const outcome = progress.outcomes[other.id];
    const isCurrent = other === step;
    const state = outcome ? (outcome.isGood ? "done" : "failed") : "open";
    return h(
      "li",
      { key: other.id, className: `rf-step rf-${state}` },
      h(
        "button",
        { type: "button", "aria-current": isCurrent ? "step" : null, onClick: () => open(other) },
        h("span", { className: "rf-number", "aria-hidden": "true" }, state === "done" ? "✓" : other.number),
        h("span", null, other.title),
      ),
      isCurrent && h(Step, { key: other.id, guide, progress, step, open, run, isFetching }),
    );
  });
  return h(
    "section",
    { className: "rf-set", "aria-labelledby": "rf-set" },
    h("h2", { id: "rf-set" }, set.title),
    h("button", { type: "button", className: "rf-quiet", onClick: startOver, title: START_OVER }, "Start over"),
    h("p", null, set.about),
    h("ol", null, items),
    !step && h("p", { className: "rf-hint" }, "This tab is your own. Choose a step to go on with the example."),
  );
}

function Step({ guide, progress, step, open, run, isFetching }) {
  const outcome = progress.outcomes[step.id];
  const next = guide.set.steps[step.number];
  const needs = guide.needsOf(step).map((need, index) => h(Need, { key: index, guide, step, need, index }));
  const earlier = guide.set.steps.find(({ id }) => id === outcome?.goTo);
  const play = h(
    "button",
    {
      type: "button",
      className: outcome?.isGood || earlier || guide.waitsForShopper(step) ? "" : "rf-primary",
      onClick: run,
      disabled: isFetching,
    },
    outcome ? "▶ Play again" : `▶ Play step ${step.number}`,
  );
  const back =
    earlier &&
    h(
      "button",
      { type: "button", className: "rf-primary", onClick: () => open(earlier) },
      `Go to step ${earlier.number}`,
    );
  const onward =
    outcome?.isGood &&
    (next
      ? h(
          "button",
          { type: "button", className: "rf-primary", onClick: () => open(next) },
          `Next: ${next.number} ${next.title}`,
        )
      : h("p", { className: "rf-hint" }, "That was the last step. Choose another example below."));
  return h(
    "div",
    { className: "rf-detail" },
    h("p", null, withCode(step.about)),
    !outcome?.isGood && needs.length > 0 && h("ul", { className: "rf-needs" }, needs),
    outcome && h(Outcome, outcome),
    h("div", { className: "rf-buttons" }, onward, back, play),
  );
}

// On a narrow screen, the panel is below GraphiQL. This line stays in sight, with what comes next.
export function ShortGuide({ guide, progress, step, open, run, isFetching }) {
  const next = step && progress.outcomes[step.id]?.isGood ? guide.set.steps[step.number] : null;
  const needsShopper = guide.waitsForShopper(step);
  const toGuide = () => scrollTo("panel");
  const play = async () => {
    await run();
    scrollTo("graphiql-session", "end");
  };
  const onward = () => {
    open(next);
    window.scrollTo({ top: 0, behavior: "smooth" });
  };
  return h(
    "div",
    { className: "rf-short" },
    h(
      "button",
      { type: "button", className: "rf-quiet", onClick: toGuide },
      step ? `${step.number} ${step.title}` : "Guide",
    ),
    next
      ? h("button", { type: "button", className: "rf-primary", onClick: onward }, `Next: ${next.title}`)
      : needsShopper
        ? h("button", { type: "button", className: "rf-primary", onClick: toGuide }, "What to do first ↓")
        : h("button", { type: "button", className: "rf-primary", onClick: play, disabled: isFetching }, "▶ Play"),
  );
}

function scrollTo(id, block = "start") {
  document.getElementById(id).scrollIntoView({ behavior: "smooth", block });
}

function Outcome({ isGood, message }) {
  if (isGood && !message) {
    return null;
  }
  return h("p", { className: isGood ? "rf-good" : "rf-bad", role: "status" }, withCode(message));
}

// What must happen outside the graph before the step: a source is made, a shopper approves.
function Need({ guide, step, need, index }) {
  const [problem, setProblem] = useState("");
  const isDone = guide.isDone(step, index);
  const opensPage = isOfShopper(need);
  const provide = () => {
    // Browsers open a tab only at once, before the address of the page is known.
    const tab = opensPage ? window.open("about:blank") : null;
    setProblem("");
    guide.provide(step, index, tab).catch((failure) => {
      tab?.close();
      setProblem(failure.message);
    });
  };
  return h(
    "li",
    null,
    h(
      "button",
      { type: "button", className: opensPage && !isDone ? "rf-primary" : "", onClick: provide },
      isDone ? `✓ ${need.title}` : `${need.title}${opensPage ? " ↗" : ""}`,
    ),
    h(
      "span",
      { className: "rf-hint" },
      isDone ? "" : opensPage ? "opens a new tab and comes back" : "or play: it is done for you",
    ),
    problem && h("p", { className: "rf-bad", role: "alert" }, problem),
  );
}

// Words between backticks become code.
export function withCode(text) {
  return text.split("`").map((part, index) => (index % 2 ? h("code", { key: index }, part) : part));
}
