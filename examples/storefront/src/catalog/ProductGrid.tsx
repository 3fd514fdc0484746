import type { ProductCardPartsFragment } from "../generated/graphql";
import { useTexts } from "../texts";
import { ProductCard, ProductCardSkeleton } from "./ProductCard";

/** Cards of products. While they are loaded, as many skeletons as are expected. */
export function ProductGrid({ products, expected = 8 }: { products: readonly ProductCardPartsFragment[] | null; expected?: number }) {
  const { shop } = useTexts();
  if (!products) {
    return (
      <div className="product-grid" role="status" aria-label={shop.loading}>
        {Array.from({ length: expected }, (_, index) => (
          <ProductCardSkeleton key={index} />
        ))}
      </div>
    );
  }
  return (
    <ul className="product-grid">
      {products.map((product) => (
        <li key={product.id}>
          <ProductCard product={product} />
        </li>
      ))}
    </ul>
  );
}
