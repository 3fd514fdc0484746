// The form of an address, as the graph describes it for a country.

export type FieldName =
  | "firstName" | "lastName" | "phoneticFirstName" | "phoneticLastName" | "companyName" | "division" | "line1" | "line2"
  | "line3" | "city" | "countrySubdivision" | "countyName" | "postalCode" | "phoneNumber" | "email";

export type AddressValues = Partial<Record<FieldName, string>> & { countryCode: string };

export interface FormField {
  name: string;
  label: string;
  isRequired: boolean;
  isUpperCase: boolean;
  pattern?: string | null;
  examples: readonly string[];
}

export type Fault = "missing" | "unusual";

/** Tokens of `autocomplete`, with which browsers fill a form in. */
const AUTOCOMPLETE: Record<string, string> = {
  firstName: "given-name",
  lastName: "family-name",
  companyName: "organization",
  line1: "address-line1",
  line2: "address-line2",
  line3: "address-line3",
  city: "address-level2",
  countrySubdivision: "address-level1",
  postalCode: "postal-code",
  phoneNumber: "tel",
  email: "email",
};

export function autocomplete(name: string, kind: "billing" | "shipping"): string | undefined {
  const token = AUTOCOMPLETE[name];
  return token && `${kind} ${token}`;
}

export function inputType(name: string): "email" | "tel" | "text" {
  return name === "email" ? "email" : name === "phoneNumber" ? "tel" : "text";
}

/**
 * What is wrong with a value. The rules are advice, which no mutation applies: a form may send an `unusual` value if the
 * shopper insists.
 */
export function faultOf(field: FormField, value: string): Fault | null {
  const typed = value.trim();
  if (typed === "") return field.isRequired ? "missing" : null;
  if (!field.pattern) return null;
  const compared = field.isUpperCase ? typed.toUpperCase() : typed;
  return new RegExp(`^(?:${field.pattern})$`, "u").test(compared) ? null : "unusual";
}

/** The address as `AddressInput`: with the fields of the form only, so that no field of another country remains. */
export function addressInput(fields: readonly FormField[], values: AddressValues) {
  const typed = fields.map(({ name }) => [name, values[name as FieldName]?.trim() ?? ""] as const);
  return {
    firstName: "",
    lastName: "",
    line1: "",
    city: "",
    countryCode: values.countryCode,
    ...Object.fromEntries(typed.filter(([, value]) => value !== "")),
  };
}

/** Countries where a district or village is written between street and city. Elsewhere a third line is hardly needed. */
const THREE_LINES = ["BR", "CN", "GB", "IE", "IN", "KR", "MX", "NZ", "PH", "TH", "ZA"];

/** The fields to show. A third line is shown if it is in use, or common in the country. */
export function shownFields(fields: readonly FormField[], values: AddressValues): FormField[] {
  return fields.filter(({ name }) => name !== "line3" || values.line3 || THREE_LINES.includes(values.countryCode));
}

/** Countries where the city comes before the postal code. */
const CITY_FIRST = ["AU", "BR", "CA", "GB", "IE", "IN", "NZ", "TW", "US"];

/** Languages in which an address of the country begins with the largest part, and a name with the family name. */
const LARGEST_FIRST: Partial<Record<string, string>> = { CN: "zh", JP: "ja", KR: "ko", TW: "zh" };

/** The lines of an address for reading, with the name of the country in the language of the page. */
export function addressLines(address: object, locale: string): string[] {
  const parts = address as Readonly<Record<string, unknown>>;
  const part = (name: string) => (typeof parts[name] === "string" ? parts[name] : "");
  const joined = (...names: string[]) => names.map(part).filter(Boolean).join(" ");
  const country = part("countryCode");
  const place = CITY_FIRST.includes(country)
    ? [part("city"), joined("countrySubdivision", "postalCode")].filter(Boolean).join(", ")
    : joined("postalCode", "countrySubdivision", "city");
  const person = joined("firstName", "lastName");
  const work = [part("companyName"), part("division")];
  const below = [part("line2"), part("line3")];
  const named = country && (new Intl.DisplayNames(locale, { type: "region" }).of(country) ?? country);
  const isLargestFirst = LARGEST_FIRST[country] === new Intl.Locale(locale).language;
  const street = ["countrySubdivision", "city", "line1"].map(part).filter(Boolean).join(country === "KR" ? " " : "");
  const lines = isLargestFirst
    ? [part("postalCode"), street, ...below, ...work, joined("lastName", "firstName"), named]
    : [person, ...work, part("line1"), ...below, place, named];
  return lines.filter(Boolean);
}
