// The panel beside GraphiQL: the set of examples, the step that is shown, what comes next, and the test data.
import { Header } from "./header.js";
import { ShortGuide, StepList } from "./steps.js";
import { TestData } from "./test_data.js";
import { forgetEntry, forgetForGood, remembered, reopenTab, RETURNED, storeTabs } from "./storage.js";

const { createElement: h, useEffect, useSyncExternalStore } = React;
const { useEditorContext, useExecutionContext } = GraphiQL.React;

// Rendered inside GraphiQL, because only there are its tabs and editors in reach.
export function Panel({ sets, guide, editors, theme, chooseTheme, firstTab }) {
  const progress = useSyncExternalStore(guide.subscribe, guide.snapshot);
  const editorContext = useEditorContext({ nonNull: true });
  const { tabs, activeTabIndex, changeTab, queryEditor, variableEditor } = editorContext;
  const { run, isFetching } = useExecutionContext({ nonNull: true });
  const step = guide.set.steps.find(({ id }) => id === tabs[activeTabIndex]?.id);

  editors.activeTabId = tabs[activeTabIndex]?.id;
  editors.activeStep = step;
  editors.query = () => queryEditor.getValue();
  editors.showVariables = (variables) => showIn(variableEditor, variables);
  useEffect(() => changeTab(firstTab), []);
  useEffect(() => showTab(activeTabIndex), [activeTabIndex]);
  useTabsThatKeepTyping(editorContext);
  useTabsThatSurviveReload(guide.set, editorContext);
  useFilledVariables(guide, progress, step, variableEditor);
  useReturnOf(guide, step);

  const open = (chosen) => {
    const index = tabs.findIndex(({ id }) => id === chosen.id);
    return index < 0 ? reopen(guide, chosen) : changeTab(index);
  };
  const panel = h(
    React.Fragment,
    null,
    h(StepList, { guide, progress, step, open, run, isFetching, startOver: () => startOver(guide) }),
    h(SetList, { sets, shown: guide.set }),
    guide.sandbox.origin && h(TestData, { guide, progress, step }),
    h(ShortGuide, { guide, progress, step, open, run, isFetching }),
  );
  return h(
    React.Fragment,
    null,
    h("style", null, namesOf(tabs, guide.set)),
    ReactDOM.createPortal(
      h(Header, { hasSandbox: Boolean(guide.sandbox.origin), theme, chooseTheme }),
      document.getElementById("header"),
    ),
    ReactDOM.createPortal(panel, document.getElementById("panel")),
  );
}

function SetList({ sets, shown }) {
  const items = sets.map(({ name, title, about }) => {
    const link = {
      href: `?${new URLSearchParams({ set: name })}`,
      "aria-current": name === shown.name ? "page" : null,
    };
    return h("li", { key: name }, h("a", link, h("strong", null, title), h("span", null, about)));
  });
  return h(
    "nav",
    { className: "rf-sets", "aria-labelledby": "rf-sets" },
    h("h2", { id: "rf-sets" }, "All examples"),
    h("ul", null, items),
  );
}

// The names of the steps on GraphiQL's tabs. A tab whose operation a developer has renamed shows the new name.
function namesOf(tabs, set) {
  return tabs
    .map(({ id, title }, index) => {
      const step = set.steps.find((other) => other.id === id && other.operation === title);
      const tab = `#graphiql-session-tab-${index}`;
      const name = step && CSS.escape(`${step.number} ${step.title}`);
      return step ? `${tab} { font-size: 0 } ${tab}::before { content: "${name}" }` : "";
    })
    .join("\n");
}

// GraphiQL puts what a developer types into its tab a moment later, and fills its editors from the tabs on a click on
// a tab. Before each click, the tab takes what the editors show, so that a quick click loses nothing.
function useTabsThatKeepTyping({ queryEditor, variableEditor, headerEditor, updateActiveTabValues }) {
  useEffect(() => {
    if (!queryEditor || !variableEditor || !headerEditor) {
      return undefined;
    }
    const keep = () =>
      updateActiveTabValues({
        query: queryEditor.getValue(),
        variables: variableEditor.getValue(),
        headers: headerEditor.getValue(),
      });
    const events = ["pointerdown", "click"]; // Tabs are dragged with a pointer, and chosen with the keyboard too.
    events.forEach((event) => window.addEventListener(event, keep, { capture: true }));
    return () => events.forEach((event) => window.removeEventListener(event, keep, { capture: true }));
  }, [queryEditor, variableEditor, headerEditor, updateActiveTabValues]);
}

// GraphiQL stores its tabs half a second after a change. A page that is left before that stores them at once.
function useTabsThatSurviveReload(set, { tabs, activeTabIndex, queryEditor, variableEditor }) {
  useEffect(() => {
    if (!queryEditor || !variableEditor) {
      return undefined;
    }
    const shown = () => ({ query: queryEditor.getValue(), variables: variableEditor.getValue() });
    const store = () =>
      storeTabs(set, {
        activeTabIndex,
        tabs: tabs.map((tab, index) => (index === activeTabIndex ? { ...tab, ...shown() } : tab)),
      });
    window.addEventListener("pagehide", store);
    return () => window.removeEventListener("pagehide", store);
  }, [tabs, activeTabIndex, queryEditor, variableEditor]);
}

// Fills in what the answers gave, as long as the step is not played.
function useFilledVariables(guide, { values, outcomes }, step, variableEditor) {
  useEffect(() => {
    if (step && variableEditor && !outcomes[step.id]?.isGood) {
      const shown = parsed(variableEditor.getValue());
      shown && showIn(variableEditor, guide.variablesOf(step, shown).variables);
    }
  }, [step?.id, values, variableEditor]);
}

function showTab(index) {
  document.getElementById(`graphiql-session-tab-${index}`)?.scrollIntoView({ block: "nearest", inline: "nearest" });
}

// Notices that the shopper has come back, in another tab or in this one.
function useReturnOf(guide, step) {
  useEffect(() => {
    const check = () => {
      if (guide.waitsForShopper(step) && remembered(RETURNED)) {
        forgetEntry(RETURNED);
        guide.returned(step);
      }
    };
    check();
    window.addEventListener("storage", check);
    return () => window.removeEventListener("storage", check);
  }, [step]);
}

// Leaves the editor alone, with the developer's line breaks, if it shows these variables already.
function showIn(variableEditor, variables) {
  if (JSON.stringify(variables) !== JSON.stringify(parsed(variableEditor.getValue()))) {
    variableEditor.setValue(JSON.stringify(variables, null, 2));
  }
}

function parsed(text) {
  try {
    return JSON.parse(text || "{}");
  } catch {
    return null; // GraphiQL shows what is wrong with it.
  }
}

async function startOver(guide) {
  await guide.endSession().catch(() => undefined); // Without a gateway there is no session either.
  forgetForGood(guide.set);
  location.reload();
}

function reopen({ set }, step) {
  reopenTab(set, step);
  location.reload();
}
