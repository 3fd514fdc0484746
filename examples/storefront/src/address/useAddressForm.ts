import { useQuery } from "@apollo/client/react";
import { AddressFormDocument, CountriesDocument } from "./address.generated";
import type { FormField } from "./form";

export type Kind = "billing" | "shipping";

export interface CountryChoice {
  code: string;
  name: string;
}

/** The countries to which the site bills or ships, sorted by name. */
export function useCountries(kind: Kind, locale: string): readonly CountryChoice[] {
  const { data } = useQuery(CountriesDocument, { variables: { locale } });
  const countries = data?.storefront?.countries ?? [];
  return countries.filter((country) => (kind === "billing" ? country.isBillingCountry : country.isShippingCountry));
}

export interface AddressFormOfCountry {
  fields: readonly FormField[];
  subdivisions: readonly { code: string; name: string }[];
}

/** Whether the form of a country could not be loaded, and another try. */
export function useAddressFormFailure(country: string, locale: string): { hasFailed: boolean; retry: () => void } {
  const { error, refetch } = useQuery(AddressFormDocument, { variables: { locale, country } });
  return { hasFailed: error !== undefined, retry: () => void refetch().catch(() => {}) };
}

/** The form of a country. While it is loading, that of the country before: the fields do not vanish under the shopper. */
export function useAddressForm(kind: Kind, country: string, locale: string): AddressFormOfCountry | null {
  const { data, previousData } = useQuery(AddressFormDocument, { variables: { locale, country } });
  const form = (data ?? previousData)?.storefront?.countries[0];
  if (!form) return null;
  return { fields: kind === "billing" ? form.billingFields : form.shippingFields, subdivisions: form.subdivisions };
}
