import { Area, Bar } from "../parts/Skeleton";
import { useTexts } from "../texts";

export function ProductSkeleton() {
  const { shop } = useTexts();
  return (
    <div className="page" role="status" aria-label={shop.loading}>
      <Bar width="12rem" />
      <div className="product">
        <Area />
        <div className="stack">
          <Bar width="70%" height="2.5rem" />
          <Bar width="8rem" height="1.75rem" />
          <Bar />
          <Bar width="60%" />
          <Bar height="2.75rem" />
        </div>
      </div>
    </div>
  );
}
