import { useTexts } from "../texts";
import { Notice } from "../problems/Notice";
import type { MissingCheck as Check } from "./missing-check";

/** What could not be checked yet. The shopper need not change anything, and may wait: the page checks again by itself. */
export function MissingCheck({ isMissing, messages, isChecking, checkNow }: Check) {
  const { cart, checkout } = useTexts();
  return (
    <div role="status" data-missing-check>
      {isMissing && (
        <Notice>
          {messages.map((message) => (
            <p key={message}>{message}</p>
          ))}
          <p>{cart.checking}</p>
          <button type="button" className="button button-plain" aria-disabled={isChecking} onClick={checkNow}>
            {checkout.checkNow}
          </button>
        </Notice>
      )}
    </div>
  );
}
