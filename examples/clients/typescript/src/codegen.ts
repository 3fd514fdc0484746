/** For graphql-codegen: every scalar of the graph is a string in JSON. Amounts stay strings: a float would round them. */
export const scalars = {
  CartRevision: "string",
  CountryCode: "string",
  CurrencyCode: "string",
  Date: "string",
  DateTime: "string",
  Decimal: "string",
  EmailAddress: "string",
  Locale: "string",
  SchemaCoordinate: "string",
  URL: "string",
  UUID: "string",
} as const;

/** Options of graphql-codegen's client preset with which the types of this graph are exact. */
export const config = { strictScalars: true, useTypeImports: true, scalars };
