import type { CartLinePartsFragment, CartPartsFragment } from "./cart.generated";
import { Notice, Problems } from "../problems/Notice";
import { CartLine } from "./CartLine";
import type { CartChanges } from "./use-cart-changes";

interface CartLinesProps {
  cart: CartPartsFragment;
  changes: CartChanges;
  onRemove: (line: CartLinePartsFragment) => void;
}

/** The lines of the cart, each with what stands in its way. */
export function CartLines({ cart, changes, onRemove }: CartLinesProps) {
  const blockers = cart.readiness?.blockers ?? [];
  const warnings = [...cart.warnings, ...changes.warnings];

  return (
    <section className="stack">
      <Problems list={changes.lineProblems} />
      <div role="status" className="stack">
        {[...new Set(warnings.map(({ shopperMessage }) => shopperMessage))].map(
          (message) =>
            message && (
              <Notice kind="warn" key={message}>
                {message}
              </Notice>
            ),
        )}
      </div>
      <ul className="cart-lines">
        {cart.lines.map((line) => (
          <CartLine
            key={line.id}
            line={line}
            blockers={blockers.filter(({ lineId }) => lineId === line.id)}
            changes={changes}
            onRemove={() => onRemove(line)}
          />
        ))}
      </ul>
    </section>
  );
}
