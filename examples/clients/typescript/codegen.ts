import type { CodegenConfig } from "@graphql-codegen/cli";

const config: CodegenConfig = {
  schema: "../../../schema/schema.graphql",
  documents: "../../operations/*.graphql",
  // Node resolves modules by their file names.
  importExtension: ".js",
  generates: {
    "src/graph/": {
      preset: "client",
      // One program reads the whole answer. Leave masking on in an app with components.
      presetConfig: { fragmentMasking: false },
      config: {
        // Documents are strings: no GraphQL package is needed at run time.
        documentMode: "string",
        useTypeImports: true,
        // Every scalar of the graph is a string in JSON. Amounts stay strings: a float would round them.
        strictScalars: true,
        scalars: {
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
        },
      },
    },
  },
};

export default config;
