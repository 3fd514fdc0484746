import type { VariationPartsFragment } from "./product.generated";
import { useMarket } from "../market/MarketProvider";
import { useTexts } from "../texts";

const FEW = 10;

/** Whether the product can be had now, in words. */
export function Stock({ product, isDownload }: { product: VariationPartsFragment; isDownload: boolean }) {
  const { catalog } = useTexts();
  const { market } = useMarket();
  const { inventory, isPurchasable } = product;
  if (!isPurchasable) return <p className="stock">{catalog.notOnSale}</p>;
  if (!inventory) return <p className="stock">{catalog.stockUnknown}</p>;
  const { isInStock, availableQuantity, allowsBackorder, expectedInStockDate, message } = inventory;
  const isFew = availableQuantity !== null && availableQuantity <= FEW;
  const kind = isInStock ? (isFew ? "few" : "good") : allowsBackorder ? "few" : "none";
  const words = isInStock
    ? isDownload
      ? catalog.download
      : isFew
        ? catalog.fewLeft(availableQuantity)
        : catalog.inStock
    : allowsBackorder
      ? catalog.backorder
      : catalog.soldOut;
  const date = expectedInStockDate && new Date(expectedInStockDate).toLocaleDateString(market.locale, { dateStyle: "long" });
  return (
    <div className={`stock stock-${kind}`}>
      <p>{words}</p>
      {!isInStock && date && <p className="soft small">{catalog.expected(date)}</p>}
      {message && <p className="soft small">{message}</p>}
    </div>
  );
}
