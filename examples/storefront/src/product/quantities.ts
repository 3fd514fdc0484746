interface Limits {
  minimumQuantity: number | null;
  maximumQuantity: number | null;
  inventory: { availableQuantity: number | null; allowsBackorder: boolean } | null;
}

/** As many as one menu offers. A cart may have more: its line has a field for a number. */
const MOST_OFFERED = 10;

/** Quantities to choose from. */
export function quantities({ minimumQuantity, maximumQuantity, inventory }: Limits): number[] {
  const first = Math.max(1, minimumQuantity ?? 1);
  const available = inventory && !inventory.allowsBackorder ? inventory.availableQuantity : null;
  const last = Math.min(first + MOST_OFFERED - 1, maximumQuantity ?? Infinity, available ?? Infinity);
  return Array.from({ length: Math.max(1, last - first + 1) }, (_, index) => first + index);
}
