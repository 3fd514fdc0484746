import type { OrderAddressPartsFragment } from "../generated/graphql";

/** The lines of an address, as on a parcel. */
export function addressLines(address: OrderAddressPartsFragment, locale: string): string[] {
  const { firstName, lastName, companyName, line1, line2, line3, city, countrySubdivision, postalCode, countryCode } = address;
  const country = countryCode && new Intl.DisplayNames(locale, { type: "region" }).of(countryCode);
  const town = joined(", ", city, joined(" ", countrySubdivision, postalCode));
  return [joined(" ", firstName, lastName), companyName, line1, line2, line3, town, country].filter((line) => !!line) as string[];
}

function joined(separator: string, ...parts: (string | null)[]): string {
  return parts.filter(Boolean).join(separator);
}
