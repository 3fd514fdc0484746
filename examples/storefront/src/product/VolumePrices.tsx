import type { ProductQuery } from "./product.generated";
import { useTexts } from "../texts";

type Tier = NonNullable<NonNullable<ProductQuery["product"]>["volumePricing"]>[number];

export function VolumePrices({ tiers }: { tiers: readonly Tier[] }) {
  const { catalog } = useTexts();
  const known = tiers.filter(({ unitPrice }) => unitPrice);
  if (known.length < 2) return null;
  return (
    <table className="volume-prices small">
      <caption className="field-label">{catalog.volumePrices}</caption>
      <tbody>
        {known.map(({ fromQuantity, toQuantity, unitPrice }) => (
          <tr key={fromQuantity}>
            <th scope="row">{catalog.quantityRange(fromQuantity ?? 1, toQuantity)}</th>
            <td>{unitPrice?.formatted}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
