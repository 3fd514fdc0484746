import type { CodegenConfig } from "@graphql-codegen/cli";
import { config } from "./src/codegen.js";

const graph: CodegenConfig = {
  schema: "../../../schema/schema.graphql",
  documents: "../../operations/*.graphql",
  // Node resolves modules by their file names.
  importExtension: ".js",
  generates: {
    // Documents are strings: no GraphQL package is needed at run time.
    "generated/strings/": {
      preset: "client",
      // One program reads the whole answer. Leave masking on in an app with components.
      presetConfig: { fragmentMasking: false },
      config: { ...config, documentMode: "string" },
    },
    // Documents are syntax trees, which Apollo Client, urql and graphql-request send.
    "generated/documents/": {
      preset: "client",
      presetConfig: { fragmentMasking: false },
      config,
    },
  },
};

export default graph;
