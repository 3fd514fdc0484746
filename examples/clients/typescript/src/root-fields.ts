interface Node {
  kind: string;
  operation?: string;
  name?: { value: string } | undefined;
  alias?: { value: string } | undefined;
  selectionSet?: { selections: readonly Node[] } | undefined;
}

export interface RootField {
  name: string;
  /** Its name in the answer. */
  responseName: string;
}

/** The root fields of a document, also those in fragments. */
export function rootFields(document: object): RootField[] {
  const definitions = definitionsOf(document);
  const fragments = new Map(definitions.map((node) => [node.kind === "FragmentDefinition" && node.name?.value, node]));
  const fieldsOf = (node: Node | undefined): RootField[] =>
    (node?.selectionSet?.selections ?? []).flatMap((selection) => {
      const name = selection.name?.value ?? "";
      if (selection.kind === "Field") return [{ name, responseName: selection.alias?.value ?? name }];
      return fieldsOf(selection.kind === "InlineFragment" ? selection : fragments.get(name));
    });
  return definitions.filter(isOperation).flatMap(fieldsOf);
}

export function isQuery(document: object): boolean {
  return definitionsOf(document).every((node) => !isOperation(node) || node.operation === "query");
}

function definitionsOf(document: object): readonly Node[] {
  // In urql 5, a persisted document may have no text.
  return "definitions" in document ? (document.definitions as readonly Node[]) : [];
}

function isOperation({ kind }: Node): boolean {
  return kind === "OperationDefinition";
}
