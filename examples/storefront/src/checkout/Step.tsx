import { useEffect, useRef } from "react";
import { useTexts } from "../texts";

interface Props {
  id: string;
  title: string;
  /** `later` steps wait for the ones before; `done` steps show what was chosen. */
  state: "open" | "done" | "later";
  /** Opens a step that is done. */
  onChange?: (() => void) | undefined;
  /** Closes a step that was opened again, and keeps what was chosen before. */
  onCancel?: (() => void) | undefined;
  children: React.ReactNode;
}

/** One step of the checkout. All steps stay on the page, so that a shopper sees what is done and what is to come. */
export function Step({ id, title, state, onChange, onCancel, children }: Props) {
  const { checkout } = useTexts();
  const heading = useRef<HTMLHeadingElement>(null);
  const before = useRef(state);
  useEffect(() => {
    // The button that led here is gone, so the focus moves on with the shopper.
    if (before.current !== "open" && state === "open") heading.current?.focus();
    before.current = state;
  }, [state]);
  return (
    <section className={`panel step step-${state}`} aria-labelledby={`${id}-title`} data-step={id} data-state={state}>
      <div className="row row-between">
        <h2 id={`${id}-title`} tabIndex={-1} ref={heading}>{title}</h2>
        {state === "done" && onChange && (
          <button type="button" className="button button-link" onClick={onChange} aria-describedby={`${id}-title`}>
            {checkout.change}
          </button>
        )}
        {state === "open" && onCancel && (
          <button
            type="button"
            className="button button-link"
            onClick={onCancel}
            aria-describedby={`${id}-title`}
          >
            {checkout.cancel}
          </button>
        )}
      </div>
      {children}
    </section>
  );
}
