import { existsSync } from "node:fs";
import type { CodegenConfig } from "@graphql-codegen/cli";
import { config } from "riverfront-client/codegen";

// Outside the repository, keep the SDL of your gateway's release beside this file.
const schema = existsSync("schema.graphql") ? "schema.graphql" : "../../schema/schema.graphql";

const storefront: CodegenConfig = {
  schema,
  documents: "src/**/*.graphql",
  generates: {
    "src/generated/": {
      preset: "client",
      // Fragments are typed as they are read: `@inContext` belongs to the operation, which masked fragments do not know.
      presetConfig: { fragmentMasking: false },
      config: { ...config, enumsAsTypes: true },
    },
  },
};

export default storefront;
