import type { CodegenConfig } from "@graphql-codegen/cli";

const config: CodegenConfig = {
  schema: "../../../schema/schema.graphql",
  documents: "../../operations/*.graphql",
  // Node resolves modules by their file names.
  importExtension: ".js",
  generates: {
    "src/graph/": {
      preset: "client",
      // One program reads the whole answer. In an app of components, leave masking on.
      presetConfig: { fragmentMasking: false },
      config: {
        // Documents are sent as text: nothing of GraphQL is needed at run time.
        documentMode: "string",
        useTypeImports: true,
        // Every scalar of the graph travels as text. Amounts stay text: a float would round them.
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
