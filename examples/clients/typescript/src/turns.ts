type Task<T> = () => Promise<T>;

/** Runs the tasks of one page one after the other. A task that fails does not stop the next one. */
function oneAtATime() {
  let last: Promise<unknown> = Promise.resolve();
  return <T>(task: Task<T>): Promise<T> => {
    const result = last.then(task);
    last = result.catch(() => {});
    return result;
  };
}

const queues = new WeakMap<object, Map<string, ReturnType<typeof oneAtATime>>>();

/**
 * Runs one task of this name at a time: in all tabs of a browser, because they share the storage and the cookie.
 * Elsewhere, in apps, on servers and on pages over plain http, the tasks of the same `owner` wait for each other.
 */
export function alone<T>(name: string, owner: object, task: Task<T>): Promise<T> {
  const locks = "document" in globalThis ? (globalThis.navigator.locks as LockManager | undefined) : undefined;
  if (locks) return locks.request(name, task) as Promise<T>;
  const ofOwner = queues.get(owner) ?? new Map<string, ReturnType<typeof oneAtATime>>();
  queues.set(owner, ofOwner);
  const inTurn = ofOwner.get(name) ?? oneAtATime();
  ofOwner.set(name, inTurn);
  return inTurn(task);
}
