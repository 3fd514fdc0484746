import type { ReactNode } from "react";
import type { Failure, Read } from "../graph/use-read";
import { useTexts } from "../texts";
import { Notice } from "./Notice";
import { problemsOf } from "./problem";
import { Trouble } from "./Trouble";

/** Above what was known before it could not be read again. */
export function Outdated({ failure }: { failure: Failure | null }) {
  const texts = useTexts();
  return (
    <div role="status" className="problems" data-outdated>
      {failure && (
        <Notice kind="warn">
          <div className="row row-between">
            <span>{problemsOf(failure.error, texts)[0].message}</span>
            <button type="button" className="button button-link" onClick={failure.retry}>
              {texts.shop.retry}
            </button>
          </div>
        </Notice>
      )}
    </div>
  );
}

interface ReadingProps<T> {
  read: Read<T>;
  /** While nothing is known. */
  skeleton: ReactNode;
  children: (value: T) => ReactNode;
}

/** A part of an account. Without a session there is none: the page then leads to the sign-in. */
export function OfAccount<T>({ read, skeleton, children }: ReadingProps<T>) {
  if (read.kind === "failed") return <Trouble error={read.error} retry={read.retry} isPart />;
  if (read.kind !== "known") return skeleton;
  return (
    <>
      <Outdated failure={read.failure} />
      {children(read.value)}
    </>
  );
}
