// Starts GraphiQL against the gateway that served this page.
"use strict";

// Without a token the page acts as a browser and uses the session cookie; with a token it acts as an app.
const NO_BEARER = "Bearer ";
const HEADERS = JSON.stringify({ Authorization: NO_BEARER }, null, 2);

// Placeholders in the variables of the tabs, see page.py. Each execution of a mutation gets a new key.
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

async function send(request, { headers: ownHeaders = {} } = {}) {
  const headers = new Headers({
    Accept: "application/graphql-response+json, application/json",
    "Content-Type": "application/json",
    "X-Riverfront-Client": "graphiql",
  });
  for (const [name, value] of Object.entries(ownHeaders)) {
    headers.set(name, value);
  }
  if (headers.get("Authorization") === NO_BEARER.trim()) {
    headers.delete("Authorization");
  }
  // The gateway refuses a request with a cookie and a bearer token.
  const credentials = headers.has("Authorization") ? "omit" : "same-origin";
  const response = await fetch("/graphql", {
    method: "POST",
    headers,
    credentials,
    body: JSON.stringify({ ...request, variables: withKeys(request.variables) }),
  }).catch(() => {
    throw new Error("The gateway does not answer. Is it still running?");
  });
  return response.json();
}

// Each set of examples has its own storage, so that its tabs keep what the developer typed.
function storageOf(set) {
  const keyOf = (name) => `${name} of ${set}`;
  return {
    getItem: (name) => localStorage.getItem(keyOf(name)),
    setItem: (name, value) => localStorage.setItem(keyOf(name), value),
    removeItem: (name) => localStorage.removeItem(keyOf(name)),
    clear: () => localStorage.clear(),
    get length() {
      return localStorage.length;
    },
  };
}

function setChooser(sets, shown) {
  const choose = (event) => location.assign(`?${new URLSearchParams({ set: event.target.value })}`);
  const options = sets.map((set) => React.createElement("option", { key: set }, set));
  const label = "Set of example operations";
  return React.createElement("select", { value: shown, onChange: choose, "aria-label": label, title: label }, options);
}

async function start() {
  const { sets, shown, tabs, fragments } = await (await fetch(`/graphiql/tabs.json${location.search}`)).json();
  const logo = React.createElement(GraphiQL.Logo, null, setChooser(sets, shown));
  const settings = {
    fetcher: send,
    defaultTabs: tabs.map((tab) => ({ ...tab, headers: HEADERS })),
    defaultHeaders: HEADERS,
    externalFragments: fragments,
    storage: storageOf(shown),
    shouldPersistHeaders: false,
    defaultEditorToolsVisibility: "variables",
  };
  const graphiql = React.createElement(GraphiQL, settings, logo);
  ReactDOM.createRoot(document.getElementById("graphiql")).render(graphiql);
}

start().catch((problem) => {
  document.getElementById("graphiql").textContent = `GraphiQL did not start: ${problem.message}`;
});
