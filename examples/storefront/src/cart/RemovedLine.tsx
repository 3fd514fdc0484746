import type { CartLinePartsFragment } from "./cart.generated";
import { Notice, Problems } from "../problems/Notice";
import { useTexts } from "../texts";
import { useAddToCart } from "./use-add-to-cart";

/** The line that was removed last, and the way back. */
export function RemovedLine({ line, onRestored }: { line: CartLinePartsFragment; onRestored: () => void }) {
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
