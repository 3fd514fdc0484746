// Starts GraphiQL against the gateway that served this page.
"use strict";

// Fill in a token to act as an app. Left as it is, the page acts as a browser and uses the session cookie.
const NO_BEARER = "Bearer ";
const HEADERS = JSON.stringify({ Authorization: NO_BEARER }, null, 2);

// As the tabs have them from the gateway: one press of play is one key.
const NEW_KEY = "a new key";
const LAST_KEY = "the last key";
let lastKey;

function withKeys(variables = {}) {
  const keyOf = (value) => {
    if (value === NEW_KEY) {
      lastKey = crypto.randomUUID();
    }
    return value === NEW_KEY || value === LAST_KEY ? lastKey : value;
  };
  return Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, keyOf(value)]));
}

async function ask(request, { headers: given = {} } = {}) {
  const headers = new Headers({
    Accept: "application/graphql-response+json, application/json",
    "Content-Type": "application/json",
    "X-Riverfront-Client": "graphiql",
  });
  for (const [name, value] of Object.entries(given)) {
    headers.set(name, value);
  }
  if (headers.get("Authorization") === NO_BEARER.trim()) {
    headers.delete("Authorization");
  }
  // The gateway refuses a request with both handles.
  const credentials = headers.has("Authorization") ? "omit" : "same-origin";
  const answer = await fetch("/graphql", {
    method: "POST",
    headers,
    credentials,
    body: JSON.stringify({ ...request, variables: withKeys(request.variables) }),
  }).catch(() => {
    throw new Error("The gateway does not answer. Is it still running?");
  });
  return answer.json();
}

// What was typed into the tabs of one set stays apart from that of the others.
function storageOf(set) {
  const place = (name) => `${name} of ${set}`;
  return {
    getItem: (name) => localStorage.getItem(place(name)),
    setItem: (name, value) => localStorage.setItem(place(name), value),
    removeItem: (name) => localStorage.removeItem(place(name)),
    clear: () => localStorage.clear(),
    get length() {
      return localStorage.length;
    },
  };
}

function choiceOf(sets, shown) {
  const choose = (event) => location.assign(`?${new URLSearchParams({ set: event.target.value })}`);
  const options = sets.map((set) => React.createElement("option", { key: set }, set));
  const label = "Which example operations are shown";
  return React.createElement("select", { value: shown, onChange: choose, "aria-label": label, title: label }, options);
}

async function start() {
  const { sets, shown, tabs, fragments } = await (await fetch(`/graphiql/tabs.json${location.search}`)).json();
  const choice = React.createElement(GraphiQL.Logo, null, choiceOf(sets, shown));
  const settings = {
    fetcher: ask,
    defaultTabs: tabs.map((tab) => ({ ...tab, headers: HEADERS })),
    defaultHeaders: HEADERS,
    externalFragments: fragments,
    storage: storageOf(shown),
    shouldPersistHeaders: false,
    defaultEditorToolsVisibility: "variables",
  };
  const graphiql = React.createElement(GraphiQL, settings, choice);
  ReactDOM.createRoot(document.getElementById("graphiql")).render(graphiql);
}

start().catch((problem) => {
  document.getElementById("graphiql").textContent = `GraphiQL did not start: ${problem.message}`;
});
