import type { AddressValues } from "./form";

/** The values of a form for an address that is known. A new one begins in the country of the locale. */
export function valuesOf(address: Readonly<Record<string, unknown>> | undefined, locale: string): AddressValues {
  const known = Object.entries(address ?? {}).filter(([name, value]) => name !== "__typename" && typeof value === "string");
  const { countryCode, ...rest } = Object.fromEntries(known) as Record<string, string>;
  return { ...rest, countryCode: countryCode ?? regionOf(locale) };
}

function regionOf(locale: string): string {
  return new Intl.Locale(locale).region ?? "US";
}
