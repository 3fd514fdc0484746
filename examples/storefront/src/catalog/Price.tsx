import { compare } from "riverfront-client/money";
import type { PricePartsFragment } from "../generated/graphql";
import { useTexts } from "../texts";
import "./price.css";

/** The price of one unit, with the regular one if it is higher. */
export function Price({ pricing }: { pricing: PricePartsFragment | null | undefined }) {
  const { catalog } = useTexts();
  const { listPrice = null, salePrice = null } = pricing ?? {};
  const price = salePrice ?? listPrice;
  if (!price) return <span className="price soft">{catalog.priceUnknown}</span>;
  const isReduced = listPrice !== null && compare(price, listPrice) < 0;
  if (!isReduced) return <span className="price">{price.formatted}</span>;
  return (
    <span className="price">
      <span className="only-for-screen-readers">{catalog.nowPrice}: </span>
      <strong className="price-reduced">{price.formatted}</strong>{" "}
      <span className="only-for-screen-readers">{catalog.oldPrice}: </span>
      <s className="price-old">{listPrice.formatted}</s>
    </span>
  );
}
