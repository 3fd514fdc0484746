import { useEffect, useRef, useState } from "react";
import { useTexts } from "../../texts";
import { NoticeBox } from "../NoticeBox";
import type { Authentication as Action, Notice } from "../order/stage";
import { askBank } from "./askBank";
import { returnUrl, useDigitalRiver } from "./useDigitalRiver";

interface Props {
  action: Pick<Action, "sessionId" | "sourceId" | "sourceClientSecret">;
  /** Called once the bank has confirmed the shopper, or need not. */
  onConfirmed: () => void;
  onOtherwise: () => void;
  /** Whether it stands in place of what the shopper has just used. */
  takesFocus?: boolean;
}

/** Strong authentication: the bank of a saved card asks whether it is the shopper who pays. */
export function Authentication({ action, onConfirmed, onOtherwise, takesFocus = false }: Props) {
  const [notice, setNotice] = useState<Notice | null>(null);
  const { checkout } = useTexts();
  const load = useDigitalRiver();
  const [isAsking, setAsking] = useState(false);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (takesFocus) heading.current?.focus();
  }, [takesFocus]);

  async function ask(): Promise<void> {
    if (isAsking) return;
    setAsking(true);
    setNotice(null);
    const { sessionId, sourceId, sourceClientSecret } = action;
    const data = { sessionId, sourceId, sourceClientSecret: sourceClientSecret ?? "", returnUrl: returnUrl() };
    const objection = await askBank(load, data);
    setAsking(false);
    if (objection) setNotice(objection);
    else onConfirmed();
  }

  return (
    <div className="stack" data-authentication>
      <h3 ref={heading} tabIndex={-1}>{checkout.bankAsks}</h3>
      <p>{checkout.bankAsksText}</p>
      <NoticeBox notice={notice} />
      <div className="row">
        <button type="button" className="button" aria-disabled={isAsking} onClick={() => void ask()}>
          {checkout.toBank}
        </button>
        <button type="button" className="button button-link" onClick={onOtherwise}>
          {checkout.payOtherwise}
        </button>
      </div>
    </div>
  );
}
