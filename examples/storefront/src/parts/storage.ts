/** What the shop uses of `localStorage` and `sessionStorage`. */
export interface PageStorage {
  getItem: (name: string) => string | null;
  setItem: (name: string, value: string) => void;
  removeItem: (name: string) => void;
}

/**
 * A storage of the browser. What it does not take stays in memory until the page is left: a browser may block storage, or
 * have no room, and the shop sells all the same.
 */
export function guarded(open: () => PageStorage): PageStorage {
  const memory = new Map<string, string>();
  return {
    getItem: (name) => memory.get(name) ?? attempted(() => open().getItem(name)) ?? null,
    setItem(name, value) {
      memory.set(name, value);
      if (attempted(() => (open().setItem(name, value), true))) memory.delete(name);
    },
    removeItem(name) {
      memory.delete(name);
      attempted(() => open().removeItem(name));
    },
  };
}

function attempted<T>(task: () => T): T | undefined {
  try {
    return task();
  } catch {
    return undefined;
  }
}

/** For all tabs, also after the browser was closed. */
export const lasting = guarded(() => localStorage);

/** For this tab. */
export const ofThisTab = guarded(() => sessionStorage);
