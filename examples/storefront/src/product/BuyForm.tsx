import { useId, useState } from "react";
import { Link } from "react-router";
import { useAddToCart } from "../cart/use-add-to-cart";
import type { VariationPartsFragment } from "./product.generated";
import { CheckIcon } from "../parts/icons";
import { paths } from "../paths";
import { Notice, Problems } from "../problems/Notice";
import { useTexts } from "../texts";
import { quantities } from "./quantities";
import { isAvailable } from "./variation";

/** Quantity and button. */
export function BuyForm({ product }: { product: VariationPartsFragment }) {
  const { cart, shop } = useTexts();
  const { add, isBusy, problems } = useAddToCart();
  const [quantity, setQuantity] = useState(quantities(product)[0] ?? 1);
  const [added, setAdded] = useState<number | null>(null);
  const id = useId();
  if (!isAvailable(product)) return null;

  async function addToCart() {
    setAdded(null);
    if (await add({ productId: product.id, quantity })) setAdded(quantity);
  }

  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        void addToCart();
      }}
    >
      <div className="buy">
        <div className="field">
          <label className="field-label" htmlFor={id}>
            {cart.quantity}
          </label>
          <select id={id} className="input" value={quantity} onChange={(event) => setQuantity(Number(event.target.value))}>
            {quantities(product).map((number) => (
              <option key={number}>{number}</option>
            ))}
          </select>
        </div>
        <button type="submit" className="button" aria-disabled={isBusy}>
          {isBusy ? cart.adding : cart.add}
        </button>
      </div>
      <div role="status">
        {added !== null && (
          <Notice kind="good">
            <div className="row row-between">
              <span className="row">
                <CheckIcon /> {cart.added(added)}
              </span>
              <Link to={paths.cart}>{shop.toCart}</Link>
            </div>
          </Notice>
        )}
      </div>
      <Problems list={problems} />
    </form>
  );
}
