import type { ProductCardPartsFragment } from "./product-card.generated";
import { useTexts } from "../texts";
import { ProductCard, ProductCardSkeleton } from "./ProductCard";

interface ProductGridProps {
  products: readonly ProductCardPartsFragment[] | null;
  expected?: number;
  /** Few products share the whole width of a row. */
  fillsRow?: boolean;
}

/** Cards of products. While they are loaded, as many skeletons as are expected. */
export function ProductGrid({ products, expected = 8, fillsRow = false }: ProductGridProps) {
  const { shop } = useTexts();
  const className = fillsRow ? "product-grid product-grid-full" : "product-grid";
  if (!products) {
    return (
      <div className={className} role="status" aria-label={shop.loading}>
        {Array.from({ length: expected }, (_, index) => (
          <ProductCardSkeleton key={index} />
        ))}
      </div>
    );
  }
  return (
    <ul className={className}>
      {products.map((product) => (
        <li key={product.id}>
          <ProductCard product={product} />
        </li>
      ))}
    </ul>
  );
}
