import type { VariationPartsFragment } from "./product.generated";

interface Attribute {
  name: string;
  displayName: string;
  values: readonly string[];
}

/** Values of the attributes by which the shopper chooses, such as color: Graphite. */
export type Choice = Readonly<Record<string, string>>;

export function choiceOf(variation: VariationPartsFragment, attributes: readonly Attribute[]): Choice {
  const values = attributes.flatMap(({ name }) => {
    const value = variation.customAttributes.find((attribute) => attribute.name === name)?.value;
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(values);
}

/** The variation to show at first: the one in the address, otherwise the first that can be bought. */
export function firstVariation(
  variations: readonly VariationPartsFragment[],
  upstreamId: string | null,
): VariationPartsFragment | null {
  const named = variations.find((variation) => variation.upstreamId === upstreamId);
  return named ?? variations.find(isAvailable) ?? variations[0] ?? null;
}

/** The variation with one value changed. If no variation has all values, the one that has the changed value. */
export function variationWith(
  variations: readonly VariationPartsFragment[],
  attributes: readonly Attribute[],
  choice: Choice,
  name: string,
  value: string,
): VariationPartsFragment | null {
  const wanted = { ...choice, [name]: value };
  const having = variations.filter((variation) => choiceOf(variation, attributes)[name] === value);
  const fitting = (variation: VariationPartsFragment) =>
    Object.entries(choiceOf(variation, attributes)).filter(([key, has]) => wanted[key] === has).length;
  return having.toSorted((a, b) => fitting(b) - fitting(a))[0] ?? null;
}

/** Whether the variations can be told apart by their attributes. Otherwise the shopper chooses by their names. */
export function areTold(variations: readonly VariationPartsFragment[], attributes: readonly Attribute[]): boolean {
  const choices = variations.map((variation) => JSON.stringify(choiceOf(variation, attributes)));
  return attributes.length > 0 && new Set(choices).size === variations.length;
}

export function isAvailable({ isPurchasable, inventory }: Pick<VariationPartsFragment, "isPurchasable" | "inventory">): boolean {
  // Without an answer about the stock, the cart decides.
  return isPurchasable && (!inventory || inventory.isInStock || inventory.allowsBackorder);
}
