// Starts GraphiQL against the gateway that served this page.
"use strict";

// Fill in a token to act as an app. Left as it is, the page acts as a browser and uses the session cookie.
const NO_BEARER = "Bearer ";
const HEADERS = JSON.stringify({ Authorization: NO_BEARER }, null, 2);

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
    body: JSON.stringify(request),
  }).catch(() => {
    throw new Error("The gateway does not answer. Is it still running?");
  });
  return answer.json();
}

async function start() {
  const { tabs, fragments } = await (await fetch("/graphiql/tabs.json")).json();
  const graphiql = React.createElement(GraphiQL, {
    fetcher: ask,
    defaultTabs: tabs.map((tab) => ({ ...tab, headers: HEADERS })),
    defaultHeaders: HEADERS,
    externalFragments: fragments,
    shouldPersistHeaders: false,
    defaultEditorToolsVisibility: "variables",
  });
  ReactDOM.createRoot(document.getElementById("graphiql")).render(graphiql);
}

start().catch((problem) => {
  document.getElementById("graphiql").textContent = `GraphiQL did not start: ${problem.message}`;
});
