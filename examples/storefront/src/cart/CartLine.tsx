import { Link } from "react-router";
import type { CartLinePartsFragment } from "./cart.generated";
import { Picture } from "../parts/Picture";
import { priceText } from "../catalog/price-text";
import { productPath } from "../paths";
import { useTexts } from "../texts";
import "../catalog/price.css";
import { Stepper } from "./Stepper";
import type { CartChanges } from "./use-cart-changes";
import { useQuantity } from "./use-quantity";

interface CartLineProps {
  line: CartLinePartsFragment;
  blockers: readonly { code: string; shopperMessage: string | null }[];
  changes: CartChanges;
  onRemove: () => void;
}

export function CartLine({ line, blockers, changes, onRemove }: CartLineProps) {
  const texts = useTexts();
  const { cart, catalog } = texts;
  const { quantity, isChanging, change } = useQuantity(line, changes);
  const { product, pricing, recurringTerms, parentLineId } = line;
  const name = product?.name ?? cart.unknownProduct;
  const regular = pricing.listPriceTotal;
  const now = pricing.salePriceTotal;
  const isReduced = regular && now && regular.amount !== now.amount;
  return (
    <li className={parentLineId ? "cart-line cart-line-child" : "cart-line"}>
      <Picture url={product?.thumbnailUrl} alt="" />
      <div className="stack-tight">
        <h2 className="cart-line-name">{product ? <Link to={pathOf(product)}>{name}</Link> : name}</h2>
        {pricing.salePrice && quantity > 1 && <p className="soft small">{cart.each(pricing.salePrice.formatted)}</p>}
        {recurringTerms && <p className="soft small">{recurringTerms.terms ?? cart.recurring}</p>}
        {blockers.map(
          ({ code, shopperMessage }) =>
            shopperMessage && (
              <p className="field-error" key={code}>
                {shopperMessage}
              </p>
            ),
        )}
      </div>
      <div className="cart-line-quantity">
        {parentLineId ? (
          <span>{cart.pieces(quantity)}</span>
        ) : (
          <Stepper
            label={cart.quantityOf(name)}
            value={quantity}
            minimum={product?.minimumQuantity ?? 1}
            maximum={product?.maximumQuantity ?? null}
            onChange={(number) => void change(number)}
          />
        )}
        <button type="button" className="button button-link" aria-label={cart.removeProduct(name)} onClick={onRemove}>
          {cart.remove}
        </button>
      </div>
      <p className={isChanging ? "price cart-line-price cart-outdated" : "price cart-line-price"} aria-busy={isChanging}>
        {isReduced && (
          <>
            <span className="only-for-screen-readers">{catalog.oldPrice}: </span>
            <s className="price-old">{regular.formatted}</s>{" "}
          </>
        )}
        {now ? priceText(now, texts) : catalog.priceUnknown}
      </p>
    </li>
  );
}

/** A variation has the page of its base product. */
function pathOf(product: NonNullable<CartLinePartsFragment["product"]>): string {
  const { parent, upstreamId } = product;
  return parent ? `${productPath(parent)}?variation=${upstreamId}` : productPath(product);
}
