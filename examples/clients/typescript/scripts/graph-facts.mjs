// Writes what caches need to know of the graph, from its SDL: introspection is off in production.
// Arguments: the SDL, the TypeScript file to write.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { buildSchema, getNamedType, isInterfaceType, isListType, isNonNullType, isObjectType, isUnionType } from "graphql";

const [sdl, target] = process.argv.slice(2);
const schema = buildSchema(readFileSync(sdl, "utf8"));
const types = Object.values(schema.getTypeMap()).filter(({ name }) => !name.startsWith("__"));
const objects = types.filter(isObjectType);
const nodes = new Set(schema.getPossibleTypes(schema.getType("Node")).map(({ name }) => name));
const roots = { Query: schema.getQueryType(), Mutation: schema.getMutationType() };

const fieldsOf = (type) => Object.values(type.getFields());
const typeName = (field) => getNamedType(field.type).name;
const isList = ({ type }) => isListType(isNonNullType(type) ? type.ofType : type);
const isConnection = (name) => name.endsWith("Connection");
const isValue = ({ name }) => !nodes.has(name) && !(name in roots) && !/(Connection|Edge|Payload)$/.test(name);

/** Whether the directive of a field or of its type says that all shoppers get the same answer. */
const isPublic = (field) =>
  [field.astNode, getNamedType(field.type).astNode].some((node) =>
    node?.directives?.some(
      ({ name, arguments: given }) =>
        name.value === "cacheControl" && given.some(({ name: key, value }) => key.value === "scope" && value.value === "PUBLIC"),
    ),
  );

const namesOf = (types) => types.map(({ name }) => name).sort();
const entries = (list) => Object.fromEntries(list.filter(([, value]) => value.length).sort(([a], [b]) => (a < b ? -1 : 1)));
const holders = objects.filter((type) => !/(Connection|Edge|Payload)$/.test(type.name) && type !== roots.Mutation);
const connections = (type) => fieldsOf(type).filter((field) => isConnection(typeName(field)));
const PAGING = ["first", "last", "after", "before"];

const privateFields = fieldsOf(roots.Query).filter((field) => !isPublic(field));
const OF_A_CART = ["cart", "paymentSession", "checkoutReadiness", "availablePaymentMethods", "orderSubmission"];

/** Names of the private root fields that have another value after the mutation. */
function changedBy({ name, type }) {
  const changed = new Set(fieldsOf(getNamedType(type)).map(typeName));
  if (changed.has("Session") || name === "signOut") return namesOf(privateFields);
  const names = privateFields.filter((field) => changed.has(typeName(field))).map((field) => field.name);
  if (changed.has("SubmitOrderResult")) names.push("order", "shopper");
  return [...new Set(changed.has("Cart") ? [...names, ...OF_A_CART] : names)].sort();
}

const facts = {
  possibleTypes: entries(
    types.filter((type) => isInterfaceType(type) || isUnionType(type)).map((type) => [type.name, namesOf(schema.getPossibleTypes(type))]),
  ),
  valueTypes: namesOf(objects.filter(isValue)),
  typesWithoutId: namesOf(objects.filter(({ name }) => !nodes.has(name) && !(name in roots))),
  listFields: entries(holders.map((type) => [type.name, namesOf(fieldsOf(type).filter(isList))])),
  // The arguments of each connection that do not choose the page.
  connectionArguments: Object.fromEntries(
    holders.flatMap((type) =>
      connections(type).map(({ name, args }) => [
        `${type.name}.${name}`,
        namesOf(args).filter((argument) => !PAGING.includes(argument)),
      ]),
    ),
  ),
  publicFields: namesOf(fieldsOf(roots.Query).filter(isPublic)),
  privateFields: namesOf(privateFields),
  changedFields: entries(fieldsOf(roots.Mutation).filter(({ name }) => name !== "lookupOrder").map((field) => [field.name, changedBy(field)])),
};

const code = Object.entries(facts).map(
  ([name, value]) => `export const ${name}: ${typeOf(name)} = ${JSON.stringify(value, null, 2)};\n`,
);
function typeOf(name) {
  if (Array.isArray(facts[name])) return "readonly string[]";
  return name === "possibleTypes" ? "Record<string, string[]>" : "Readonly<Record<string, readonly string[]>>";
}
mkdirSync(dirname(target), { recursive: true });
writeFileSync(target, `// Written by scripts/graph-facts.mjs from the SDL.\n\n${code.join("\n")}`);
