import { Link } from "react-router";
import type { ProductCardPartsFragment } from "./product-card.generated";
import { Picture } from "../parts/Picture";
import { Area, Bar } from "../parts/Skeleton";
import { productPath } from "../paths";
import { type Texts, useTexts } from "../texts";
import { Price } from "./Price";
import "./product-card.css";

export function ProductCard({ product }: { product: ProductCardPartsFragment }) {
  const texts = useTexts();
  const hint = hintOf(product, texts);
  return (
    <article className="product-card">
      <Picture url={product.thumbnailUrl} alt="" />
      {hint && <p className="product-card-hint">{hint}</p>}
      <h3>
        <Link to={productPath(product)}>{product.name}</Link>
      </h3>
      <p className="soft small product-card-text">{product.shortDescription}</p>
      <Price pricing={product.pricing} />
    </article>
  );
}

/** Why the product cannot be bought now. A base product is bought as one of its variations. */
function hintOf({ isPurchasable, isBaseProduct, inventory }: ProductCardPartsFragment, { catalog }: Texts): string | null {
  if (!isPurchasable && !isBaseProduct) return catalog.notOnSale;
  return inventory && !inventory.isInStock && !inventory.allowsBackorder ? catalog.soldOut : null;
}

export function ProductCardSkeleton() {
  return (
    <div className="product-card" aria-hidden="true">
      <Area />
      <Bar width="80%" />
      <Bar width="60%" height="0.875rem" />
      <Bar width="30%" />
    </div>
  );
}
