/** An amount as the graph has it: a decimal number in a string, in major units of its currency. */
export interface Money {
  amount: string;
  currencyCode: string;
}

interface Scaled {
  units: bigint;
  scale: number;
}

/** The sum. Throws `RangeError` for two currencies. */
export function add(left: Money, right: Money): Money {
  return combined(left, right, (a, b) => a + b);
}

/** The difference. Throws `RangeError` for two currencies. */
export function subtract(left: Money, right: Money): Money {
  return combined(left, right, (a, b) => a - b);
}

/** The amount times a whole number, such as a quantity. */
export function times({ amount, currencyCode }: Money, quantity: number | bigint): Money {
  const { units, scale } = scaled(amount);
  return { amount: decimal({ units: units * BigInt(quantity), scale }), currencyCode };
}

/** Negative if `left` is less, positive if it is more, 0 if both are equal: "80.1" equals "80.10". */
export function compare(left: Money, right: Money): number {
  const [a, b] = aligned(left, right);
  return a === b ? 0 : a < b ? -1 : 1;
}

export function isZero({ amount }: Money): boolean {
  return scaled(amount).units === 0n;
}

/** The input that `submitOrder` and `applyStoreCredit` take: without `formatted` and other fields. */
export function moneyInput({ amount, currencyCode }: Money): Money {
  return { amount, currencyCode };
}

/** The amount in a locale. Prefer `Money.formatted` for amounts of the graph: it is the same on every device. */
export function format({ amount, currencyCode }: Money, locale: string): string {
  scaled(amount);
  // Intl reads decimal strings exactly; a number would be rounded.
  return new Intl.NumberFormat(locale, { style: "currency", currency: currencyCode }).format(
    amount as Intl.StringNumericLiteral,
  );
}

function combined(left: Money, right: Money, operation: (a: bigint, b: bigint) => bigint): Money {
  const [a, b, scale] = aligned(left, right);
  return { amount: decimal({ units: operation(a, b), scale }), currencyCode: left.currencyCode };
}

function aligned(left: Money, right: Money): [bigint, bigint, number] {
  if (left.currencyCode !== right.currencyCode) {
    throw new RangeError(`Amounts in ${left.currencyCode} and ${right.currencyCode} cannot be combined.`);
  }
  const [a, b] = [scaled(left.amount), scaled(right.amount)];
  const scale = Math.max(a.scale, b.scale);
  return [a.units * 10n ** BigInt(scale - a.scale), b.units * 10n ** BigInt(scale - b.scale), scale];
}

function scaled(amount: string): Scaled {
  const parts = /^(-?\d+)(?:\.(\d+))?$/.exec(amount);
  if (!parts) throw new RangeError(`An amount must be a string such as "118.01", not ${JSON.stringify(amount)}.`);
  const [, whole = "", fraction = ""] = parts;
  return { units: BigInt(whole + fraction), scale: fraction.length };
}

function decimal({ units, scale }: Scaled): string {
  const sign = units < 0n ? "-" : "";
  const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, "0");
  return scale ? `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}` : sign + digits;
}
