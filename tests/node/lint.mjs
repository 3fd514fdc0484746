// GraphQL-ESLint over the SDL and the operations. Prints what it finds, a line each; nothing when clean.
// Arguments: the SDL, then the files of the operations.
import graphql from "@graphql-eslint/eslint-plugin";
import { ESLint } from "eslint";

const [sdl, ...operations] = process.argv.slice(2);
const { rules: schemaRules } = graphql.configs["flat/schema-recommended"];
const { rules: relayRules } = graphql.configs["flat/schema-relay"];
const { rules: operationRules } = graphql.configs["flat/operations-recommended"];

const graph = {
  plugins: { "@graphql-eslint": graphql },
  languageOptions: { parser: graphql.parser, parserOptions: { graphQLConfig: { schema: sdl, documents: operations } } },
};

const lint = new ESLint({
  cwd: "/",
  overrideConfigFile: true,
  overrideConfig: [
    {
      ...graph,
      files: [sdl.slice(1)],
      rules: {
        ...schemaRules,
        ...relayRules,
        "@graphql-eslint/require-description": [
          "error",
          {
            types: true,
            rootField: true,
            DirectiveDefinition: true,
            EnumValueDefinition: true,
            FieldDefinition: true,
            InputValueDefinition: true,
          },
        ],
        // Lists of a cart are short and needed whole; only pages are connections.
        "@graphql-eslint/relay-edge-types": ["error", { listTypeCanWrapOnlyEdgeType: false }],
        // A value such as an amount or a payload has no identity. Which types have one: tests/schema/test_graph_rules.py.
        "@graphql-eslint/strict-id-in-types": "off",
      },
    },
    { ...graph, files: operations.map((file) => file.slice(1)), rules: operationRules },
  ],
});

for (const { filePath, messages } of await lint.lintFiles([sdl, ...operations])) {
  for (const { line, ruleId, message } of messages) console.log(`${filePath}:${line} ${ruleId}: ${message}`);
}
