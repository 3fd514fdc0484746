import { useState } from "react";
import type { CartLinePartsFragment, CartPartsFragment } from "../generated/graphql";
import { Notice, Problems } from "../problems/Notice";
import { useTexts } from "../texts";
import { CartLine } from "./CartLine";
import { useAddToCart } from "./use-add-to-cart";
import type { CartChanges } from "./use-cart-changes";

/** The lines of the cart, each with what stands in its way, and the line that was removed last. */
export function CartLines({ cart, changes }: { cart: CartPartsFragment; changes: CartChanges }) {
  const [removed, setRemoved] = useState<CartLinePartsFragment | null>(null);
  const blockers = cart.readiness?.blockers ?? [];
  const warnings = [...cart.warnings, ...changes.warnings];

  async function remove(line: CartLinePartsFragment) {
    setRemoved(null);
    if (await changes.removeLine(line.id)) setRemoved(line);
  }

  return (
    <section className="stack">
      <Problems list={changes.lineProblems} />
      <div role="status" className="stack">
        {removed && <Removed line={removed} onRestored={() => setRemoved(null)} />}
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
            onRemove={() => void remove(line)}
          />
        ))}
      </ul>
    </section>
  );
}

function Removed({ line, onRestored }: { line: CartLinePartsFragment; onRestored: () => void }) {
  const { cart } = useTexts();
  const { add, isBusy, problems } = useAddToCart();
  const { product, quantity } = line;

  async function restore() {
    if (product && (await add({ productId: product.id, quantity: quantity ?? 1 }))) onRestored();
  }

  return (
    <Notice>
      <div className="row row-between">
        <span>{cart.removed(product?.name ?? "")}</span>
        {product && (
          <button type="button" className="button button-link" aria-disabled={isBusy} onClick={() => void restore()}>
            {cart.undo}
          </button>
        )}
      </div>
      <Problems list={problems} />
    </Notice>
  );
}
