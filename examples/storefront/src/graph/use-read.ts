import { useReactiveVar } from "@apollo/client/react";
import { useCallback, useEffect, useState } from "react";
import { hasEnded } from "../problems/problem";
import { endedSessions } from "./ended-session";

/** Why something could not be read, and another try. Without it, it is tried again when the browser is online. */
export interface Failure {
  error: unknown;
  retry: () => void;
}

/** Where the reading of a part of the graph stands. Each page shows each of them. */
export type Read<T> =
  | { kind: "loading" }
  /** With `failure`, the value is older: it could not be read again. */
  | { kind: "known"; value: T; failure: Failure | null }
  /** Nothing is known. */
  | ({ kind: "failed" } & Failure)
  /** The graph has answered that there is none. */
  | { kind: "absent" }
  /** There is no session, or not the one that may read it. */
  | { kind: "ended" };

/** What `useQuery` returns of a query. */
interface Query<D> {
  data: D | undefined;
  error?: unknown;
  loading: boolean;
  variables: unknown;
  refetch: () => Promise<unknown>;
}

/**
 * Reads a part of a query. `null` is absent only if the answer has no error: a cart that could not be read is no empty
 * cart. While the part is read again, and if that fails, the last one that was known stays, until the session ends.
 *
 * `partOf` returns an object of the answer, not one that it makes. `id` names what is read; other variables read
 * something else.
 */
export function useRead<D, T>(query: Query<D>, partOf: (data: D) => T | null | undefined, id: unknown = query.variables): Read<T> {
  const { data, error, loading, refetch } = query;
  const sessions = useReactiveVar(endedSessions);
  const key = JSON.stringify([sessions, id]);
  const [last, setLast] = useState<{ key: string; value: T } | null>(null);
  const retry = useCallback(() => {
    refetch().catch(() => {}); // The query has the error.
  }, [refetch]);
  useEffect(() => {
    if (!error) return;
    window.addEventListener("online", retry);
    return () => window.removeEventListener("online", retry);
  }, [error, retry]);

  const value = data === undefined ? null : (partOf(data) ?? null);
  const isAbsent = data !== undefined && value === null && !error && !loading;
  if (value !== null && (last?.value !== value || last.key !== key)) setLast({ key, value });
  if (isAbsent && last) setLast(null);

  if (value !== null) return { kind: "known", value, failure: null };
  if (isAbsent) return { kind: "absent" };
  if (hasEnded(error)) return { kind: "ended" };
  if (last?.key === key) return { kind: "known", value: last.value, failure: error ? { error, retry } : null };
  return error ? { kind: "failed", error, retry } : { kind: "loading" };
}

/** The value, if it is known. */
export function known<T>(read: Read<T>): T | null {
  return read.kind === "known" ? read.value : null;
}
