import { type RefObject, useEffect, useRef } from "react";

/**
 * The form whose first field with a message takes the focus once the message is there. `faults` are what the form was
 * refused for, anew at each attempt.
 */
export function useFirstFault(...faults: readonly unknown[]): RefObject<HTMLFormElement | null> {
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    form.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
    // eslint-disable-next-line react-hooks/exhaustive-deps -- their number is the same at each call
  }, faults);
  return form;
}
