import { chmodSync, existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import type { KeyValueStorage } from "riverfront-client";

/**
 * Where an app keeps what must survive its end: the keychain on iOS, values encrypted by the Keystore on Android.
 *
 * `setItem` resolves only when the value is on the device: an app may be ended right after it.
 */
export interface SecureStorage extends KeyValueStorage {
  getItem(name: string): Promise<string | null>;
  setItem(name: string, value: string): Promise<void>;
  removeItem(name: string): Promise<void>;
}

/** A file that only this user may read. It stands in for the keychain where there is none, as in tests. */
export function fileStorage(path: string): SecureStorage {
  const read = (): Record<string, string> => (existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : {});
  const write = (values: Record<string, string>) => {
    // A file that is replaced at once is never half written when the app is ended.
    const next = `${path}.next`;
    writeFileSync(next, JSON.stringify(values), { mode: 0o600, flush: true });
    chmodSync(next, 0o600);
    renameSync(next, path);
  };
  return {
    getItem: async (name) => read()[name] ?? null,
    setItem: async (name, value) => write({ ...read(), [name]: value }),
    async removeItem(name) {
      const { [name]: _, ...rest } = read();
      write(rest);
    },
  };
}
