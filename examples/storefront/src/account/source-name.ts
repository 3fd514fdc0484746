interface Named {
  __typename: string;
  type: string;
  brand?: string | null;
  lastFourDigits?: string | null;
}

/** Visa •••• 1111; of another method its type in words: payPal is Pay Pal. */
export function sourceName({ type, brand, lastFourDigits }: Named): string {
  const words = type.replace(/([a-z])([A-Z])/g, "$1 $2");
  const name = brand ?? words.charAt(0).toUpperCase() + words.slice(1);
  return lastFourDigits ? `${name} •••• ${lastFourDigits}` : name;
}
