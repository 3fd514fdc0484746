// Starts GraphiQL against the gateway that served this page, and the panel beside it.
import { CallLists, Calls } from "./calls.js";
import { fragmentsIn, withFragments } from "./fragments.js";
import { Guide, untouchedVariables } from "./guide.js";
import { Panel } from "./panel.js";
import { askGateway, HEADERS, Sandbox } from "./servers.js";
import { idOf, remember, remembered, tabsOf, THEME } from "./storage.js";

const { createElement: h, useState } = React;

const root = document.getElementById("page");

function chosenSet(sets) {
  const name = new URLSearchParams(location.search).get("set");
  return sets.find((set) => set.name === name) ?? sets[0];
}

// The steps of a set, in the shape in which all other modules use them.
function withNumbers(set) {
  const steps = set.steps.map((step, index) => ({ before: [], ...step, number: index + 1, id: idOf(index + 1) }));
  return { ...set, steps };
}

function Page({ sets, set, sandbox, fragments }) {
  const [fragmentsByName] = useState(() => fragmentsIn(fragments));
  const [tabs] = useState(() => tabsOf(set, untouchedVariables));
  const [guide] = useState(() => new Guide(set, sandbox));
  const [theme, setTheme] = useState(remembered(THEME) ?? "system");
  const [editors] = useState({});
  const [callLists] = useState(() => new CallLists());
  const panel = {
    sets,
    guide,
    editors,
    theme,
    chooseTheme: (chosen) => {
      remember(THEME, chosen);
      setTheme(chosen);
    },
    firstTab: tabs.activeTabIndex,
  };
  const graphiql = {
    fetcher: async (request, { headers } = {}) => {
      const tabId = editors.activeTabId;
      return callLists.take(await send(guide, editors, fragmentsByName, request, headers), tabId);
    },
    defaultHeaders: HEADERS,
    externalFragments: fragments,
    storage: tabs.storage,
    shouldPersistHeaders: false,
    defaultEditorToolsVisibility: "variables",
    forcedTheme: theme,
  };
  const noLogo = h(GraphiQL.Logo, null, h(React.Fragment));
  const footer = h(GraphiQL.Footer, null, h(Calls, { callLists }));
  return h(
    "div",
    { className: "rf-page" },
    h("header", { id: "header", className: "rf-header" }),
    h("main", { className: "rf-graphiql" }, h(GraphiQL, graphiql, noLogo, footer, h(Panel, panel))),
    h("aside", { id: "panel", className: "rf-panel", "aria-label": "Guide" }),
  );
}

// The answer to an operation of a step teaches the guide, and so does every other answer.
async function send(guide, editors, fragments, request, headers) {
  if (request.operationName === "IntrospectionQuery") {
    return askGateway(request, headers);
  }
  const query = withFragments(editors.query(), fragments);
  const step = editors.activeStep;
  if (step && new RegExp(`\\b${step.operation}\\b`).test(query)) {
    return guide.play(step, { ...request, query, operationName: step.operation }, headers, editors.showVariables);
  }
  const answer = await askGateway({ ...request, query }, headers);
  guide.learn(answer.data ?? {});
  return answer;
}

async function start() {
  const { sets, sandbox, publishableKey, fragments } = await (await fetch("/graphiql/sets.json")).json();
  const set = withNumbers(chosenSet(sets));
  const page = { sets, set, sandbox: new Sandbox(sandbox, publishableKey), fragments };
  ReactDOM.createRoot(root).render(h(Page, page));
}

start().catch((problem) => {
  root.textContent = `GraphiQL did not start: ${problem.message}`;
});
