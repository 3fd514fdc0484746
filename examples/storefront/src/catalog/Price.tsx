import { compare } from "riverfront-client/money";
import type { PricePartsFragment } from "./product-card.generated";
import { useTexts } from "../texts";
import { priceText } from "./price-text";
import "./price.css";

/** The price of one unit, with the regular one if it is higher. */
export function Price({ pricing }: { pricing: Pick<PricePartsFragment, "listPrice" | "salePrice"> | null | undefined }) {
  const texts = useTexts();
  const { catalog } = texts;
  const { listPrice = null, salePrice = null } = pricing ?? {};
  const price = salePrice ?? listPrice;
  if (!price) return <span className="price soft">{catalog.priceUnknown}</span>;
  const isReduced = listPrice !== null && compare(price, listPrice) < 0;
  if (!isReduced) return <span className="price">{priceText(price, texts)}</span>;
  return (
    <span className="price">
      <span className="only-for-screen-readers">{catalog.nowPrice}: </span>
      <strong className="price-reduced">{priceText(price, texts)}</strong>{" "}
      <span className="only-for-screen-readers">{catalog.oldPrice}: </span>
      <s className="price-old">{listPrice.formatted}</s>
    </span>
  );
}
