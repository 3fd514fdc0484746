import { useRef, useState } from "react";
import { useTexts } from "../texts";

interface Props {
  label: string;
  /** What is meant, for screen readers, if the label does not name it. */
  name?: string;
  question: string;
  /** The button that does it. */
  answer: string;
  isBusy: boolean;
  onConfirm: () => void;
}

/** A change that cannot be taken back: a link that asks, and a button that does it. */
export function Confirmed({ label, name, question, answer, isBusy, onConfirm }: Props) {
  const { account } = useTexts();
  const [isAsking, setAsking] = useState(false);
  const opener = useRef<HTMLButtonElement>(null);
  const close = () => {
    setAsking(false);
    opener.current?.focus();
  };
  return (
    <>
      <button
        ref={opener}
        type="button"
        className="button button-link"
        aria-expanded={isAsking}
        onClick={() => setAsking(!isAsking)}
      >
        {label}
        {name && <span className="only-for-screen-readers"> {name}</span>}
      </button>
      {isAsking && (
        <div className="row confirmed" role="group" aria-label={question}>
          <span>{question}</span>
          <button type="button" className="button" aria-disabled={isBusy} onClick={onConfirm}>
            {answer}
          </button>
          <button type="button" className="button button-link" onClick={close}>
            {account.no}
          </button>
        </div>
      )}
    </>
  );
}
