// What the page remembers in the browser: the tabs of GraphiQL, and how far each set of examples has come.

const PREFIX = "riverfront:";
const PROGRESS = "progress";
const TABS = "graphiql:tabState";
const STEPS = "steps";
const STEP = "step-";
const REOPENED = "reopened step";

export const OWNER = "owner of the session";
export const THEME = "theme";
export const RETURNED = "the shopper has returned";

export function remembered(name) {
  const text = localStorage.getItem(PREFIX + name);
  return text === null ? null : JSON.parse(text);
}

export function remember(name, value) {
  localStorage.setItem(PREFIX + name, JSON.stringify(value));
}

export function forgetEntry(name) {
  localStorage.removeItem(PREFIX + name);
}

export function idOf(number) {
  return `${STEP}${number}`;
}

// Each set has its own storage, so that its tabs keep what the developer typed. GraphiQL begins with the tabs of the
// set, each with the id of its step, by which a tab stays known when it is moved.
export function tabsOf(set, variablesOf) {
  const prefix = `${PREFIX}${set.name}:`;
  const storage = {
    getItem: (name) => localStorage.getItem(prefix + name),
    setItem: (name, value) => localStorage.setItem(prefix + name, value),
    removeItem: (name) => localStorage.removeItem(prefix + name),
    clear: () => keysWith(prefix).forEach((key) => localStorage.removeItem(key)),
    get length() {
      return keysWith(prefix).length;
    },
  };
  const state = withReopened(storedTabs(set) ?? untouched(set, variablesOf), set, variablesOf);
  storage.setItem(TABS, JSON.stringify(state));
  // GraphiQL opens a new tab unless these are the contents of one of its tabs.
  const active = state.tabs[state.activeTabIndex];
  storage.setItem("graphiql:query", active.query ?? "");
  storage.setItem("graphiql:variables", active.variables ?? "");
  storage.setItem("graphiql:headers", "");
  return { storage, activeTabIndex: state.activeTabIndex };
}

const forgotten = new Set();

// Stores the tabs as GraphiQL does: without headers, which may have a token, and without answers.
export function storeTabs(set, { activeTabIndex, tabs }) {
  if (!forgotten.has(set.name)) {
    const stored = tabs.map((tab) => ({ ...tab, hash: null, headers: null, response: null }));
    localStorage.setItem(`${PREFIX}${set.name}:${TABS}`, JSON.stringify({ activeTabIndex, tabs: stored }));
  }
}

// The tabs of an earlier time; null if there are none, or if the steps of the set have changed since.
function storedTabs(set) {
  const stored = localStorage.getItem(`${PREFIX}${set.name}:${TABS}`);
  return stored === null || remembered(`${set.name}:${STEPS}`) !== contentOf(set) ? null : JSON.parse(stored);
}

function contentOf({ steps }) {
  return JSON.stringify(steps.map(({ query, variables }) => [query, variables]));
}

// The tabs of the set, and then the tabs that a developer has added.
function untouched(set, variablesOf) {
  const earlier = JSON.parse(localStorage.getItem(`${PREFIX}${set.name}:${TABS}`) ?? '{ "tabs": [] }').tabs;
  const added = earlier.filter(({ id }) => !id.startsWith(STEP));
  forget(set);
  remember(`${set.name}:${STEPS}`, contentOf(set));
  return { activeTabIndex: 0, tabs: [...set.steps.map((step) => tabOf(step, variablesOf(step))), ...added] };
}

function tabOf(step, variables) {
  return {
    id: step.id,
    title: step.operation,
    hash: null,
    query: step.query,
    variables,
    headers: null,
    operationName: step.operation,
    response: null,
  };
}

// Opens the tab of a step again that was closed, at the next start of the page. GraphiQL may still write its own entry
// until then.
export function reopenTab(set, step) {
  remember(`${set.name}:${REOPENED}`, step.id);
}

function withReopened(state, set, variablesOf) {
  const step = set.steps.find(({ id }) => id === remembered(`${set.name}:${REOPENED}`));
  forgetEntry(`${set.name}:${REOPENED}`);
  if (step === undefined || state.tabs.some(({ id }) => id === step.id)) {
    return state;
  }
  const activeTabIndex = Math.min(step.number - 1, state.tabs.length);
  return { activeTabIndex, tabs: state.tabs.toSpliced(activeTabIndex, 0, tabOf(step, variablesOf(step))) };
}

export function progressOf(set) {
  return remembered(`${set.name}:${PROGRESS}`);
}

export function rememberProgress(set, progress) {
  remember(`${set.name}:${PROGRESS}`, progress);
}

// Forgets the tabs and the progress of a set, also those that this page still shows.
export function forgetForGood(set) {
  forgotten.add(set.name);
  forget(set);
}

function forget(set) {
  keysWith(`${PREFIX}${set.name}:`).forEach((key) => localStorage.removeItem(key));
}

function keysWith(prefix) {
  return Object.keys(localStorage).filter((key) => key.startsWith(prefix));
}
