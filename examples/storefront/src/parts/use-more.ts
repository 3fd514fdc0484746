import { useRef, useState } from "react";
import { type Problem, problemsOf } from "../problems/problem";
import { useTexts } from "../texts";

interface More {
  showMore: () => Promise<void>;
  isReading: boolean;
  /** Why the page could not be read. */
  problems: readonly Problem[];
}

/** Reads the next page of a list, one page at a time: a second click while it is on its way does nothing. */
export function useMore(read: () => Promise<void>): More {
  const texts = useTexts();
  const isUnderWay = useRef(false);
  const [isReading, setReading] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);

  async function showMore() {
    if (isUnderWay.current) return;
    isUnderWay.current = true;
    setReading(true);
    setFailure(null);
    try {
      await read();
    } catch (error) {
      setFailure(error);
    } finally {
      isUnderWay.current = false;
      setReading(false);
    }
  }

  return { showMore, isReading, problems: failure === null ? [] : problemsOf(failure, texts) };
}
