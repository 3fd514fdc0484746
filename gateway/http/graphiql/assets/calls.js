// The calls to Digital River that the operation of each tab has caused, in a table below the answer.
const { createElement: h, useSyncExternalStore } = React;
const { useEditorContext } = GraphiQL.React;

// An answer has the list if the request has this header.
export const CALLS_HEADER = "X-Riverfront-Calls";

const CACHE = {
  HIT: "from the cache",
  LOADED: "now in the cache",
  SHARED: "shared with another read",
  STALE: "an older answer",
};

export class CallLists {
  constructor() {
    this.lists = {};
    this.listeners = new Set();
    this.subscribe = (listener) => {
      this.listeners.add(listener);
      return () => this.listeners.delete(listener);
    };
    this.snapshot = () => this.lists;
  }

  // Takes the list out of the answer of a tab.
  take({ extensions, ...answer }, tabId) {
    const { riverfront: { calls, callsLeftOut = 0, ...others } = {}, ...foreign } = extensions ?? {};
    this.lists = { ...this.lists, [tabId]: calls && { calls, callsLeftOut } };
    this.listeners.forEach((listener) => listener());
    const left = { ...foreign, ...(Object.keys(others).length > 0 ? { riverfront: others } : {}) };
    return Object.keys(left).length > 0 ? { ...answer, extensions: left } : answer;
  }
}

export function Calls({ callLists }) {
  const lists = useSyncExternalStore(callLists.subscribe, callLists.snapshot);
  const { tabs, activeTabIndex } = useEditorContext({ nonNull: true });
  const list = lists[tabs[activeTabIndex]?.id];
  if (!list) {
    return null;
  }
  const { calls, callsLeftOut } = list;
  const end = Math.max(...calls.map(({ startMs, durationMs }) => startMs + (durationMs ?? 0)), 1);
  const made = calls.filter(({ call }) => call !== null).length + callsLeftOut;
  return h(
    "details",
    { className: "rf-calls", open: true },
    h("summary", null, made === 1 ? "1 call to Digital River" : `${made || "No"} calls to Digital River`),
    calls.length > 0 &&
      h(
        "table",
        null,
        h(
          "thead",
          null,
          h(
            "tr",
            null,
            ["Call", "Time", "", "Status"].map((title, index) => h("th", { key: index }, title)),
          ),
        ),
        h(
          "tbody",
          null,
          calls.map((entry, index) => h(Row, { key: index, entry, end })),
        ),
      ),
    callsLeftOut > 0 && h("p", null, `${callsLeftOut} more are not listed.`),
  );
}

function Row({ entry: { call, read, cache, startMs, durationMs, tries, status }, end }) {
  const percent = (ms) => `${(100 * ms) / end}%`;
  const bar = { marginLeft: percent(startMs), width: percent(durationMs ?? end - startMs) };
  return h(
    "tr",
    null,
    h("td", null, h("code", null, call ?? read), cache && h("small", null, ` ${CACHE[cache]}`)),
    h("td", { className: "rf-time" }, durationMs === null ? "not over" : `${durationMs.toFixed(1)} ms`),
    h("td", { className: "rf-bar", "aria-hidden": "true" }, h("span", { style: bar })),
    h("td", null, status ?? "", tries > 1 && h("small", null, ` ${tries} tries`)),
  );
}
