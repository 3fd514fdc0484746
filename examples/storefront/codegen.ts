import { existsSync } from "node:fs";
import type { CodegenConfig } from "@graphql-codegen/cli";
import { config as exact } from "riverfront-client/codegen";

// Outside the repository, keep the SDL of your gateway's release beside this file.
const schema = existsSync("schema.graphql") ? "schema.graphql" : "../../schema/schema.graphql";

const config = { ...exact, enumsAsTypes: true };
const TYPES = "src/graph/schema.generated.ts";

const storefront: CodegenConfig = {
  schema,
  documents: "src/**/*.graphql",
  generates: {
    // Enums and inputs, which operations share.
    [TYPES]: { plugins: ["typescript-operations"], config: { ...config, generateOperationTypes: false } },
    // One module beside each file of operations: a page loads the documents that it sends, and no others.
    "src/": {
      preset: "near-operation-file",
      plugins: ["typescript-operations", "typed-document-node"],
      config: {
        ...config,
        importSchemaTypesFrom: TYPES,
        // A fragment is written once, in its own module. Operations import it.
        documentMode: "documentNodeImportFragments",
        dedupeFragments: true,
      },
    },
  },
};

export default storefront;
