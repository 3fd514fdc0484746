import graphql from "@graphql-eslint/eslint-plugin";
import hooks from "eslint-plugin-react-hooks";
import { existsSync } from "node:fs";
import { defineConfig, globalIgnores } from "eslint/config";
import typescript from "typescript-eslint";

const schema = existsSync("schema.graphql") ? "schema.graphql" : "../../schema/schema.graphql";

export default defineConfig(
  globalIgnores(["dist", "src/**/*.generated.ts"]),
  {
    files: ["**/*.{ts,tsx}"],
    extends: [typescript.configs.strictTypeChecked, hooks.configs.flat.recommended],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      // The way in which Apollo Client learns of default options.
      "@typescript-eslint/no-namespace": ["error", { allowDeclarations: true }],
      // An element that is always there, such as the root of the page.
      "@typescript-eslint/no-non-null-assertion": "off",
    },
  },
  {
    files: ["src/**/*.graphql"],
    plugins: { "@graphql-eslint": graphql },
    languageOptions: {
      parser: graphql.parser,
      parserOptions: { graphQLConfig: { schema, documents: "src/**/*.graphql" } },
    },
    rules: graphql.configs["flat/operations-recommended"].rules,
  },
);
