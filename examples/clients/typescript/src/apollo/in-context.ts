import { ApolloLink } from "@apollo/client/link";
import { DocumentTransform } from "@apollo/client/utilities";
import {
  type DefinitionNode,
  type DirectiveNode,
  type DocumentNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from "graphql";
import { publicFields } from "../generated/graph-facts.js";

const NAME = "inContext";
const SUFFIX = "__inContext";

/**
 * Makes `@inContext` a part of the cache key, together with `inContextLink`.
 *
 * The directive stands at the operation, and Apollo's cache knows only fields: a product in English would be shown to a
 * German shopper, because both have one id. The transform repeats the directive at every field of the catalog that the
 * operation selects, so that each market has its own entry.
 */
export function inContextTransform(): DocumentTransform {
  return new DocumentTransform(marked);
}

/** Removes what `inContextTransform` has added: the gateway receives the operation as you wrote it. */
export function inContextLink(): ApolloLink {
  const known = new WeakMap<DocumentNode, DocumentNode>();
  return new ApolloLink((operation, forward) => {
    let original = known.get(operation.query);
    if (!original) known.set(operation.query, (original = unmarked(operation.query)));
    operation.query = original;
    return forward(operation);
  });
}

export function marked(document: DocumentNode): DocumentNode {
  const operations = document.definitions.filter((node) => node.kind === Kind.OPERATION_DEFINITION);
  const directive = operations[0]?.directives?.find(({ name }) => name.value === NAME);
  return operations.length === 1 && directive ? new Marking(document, directive).result() : document;
}

export function unmarked(document: DocumentNode): DocumentNode {
  const names = new Set(document.definitions.map((node) => ("name" in node ? node.name?.value : undefined)));
  const definitions = document.definitions.flatMap((node): DefinitionNode[] => {
    if (node.kind === Kind.OPERATION_DEFINITION) return [{ ...node, selectionSet: unmarkedSet(node.selectionSet) }];
    if (node.kind !== Kind.FRAGMENT_DEFINITION) return [node];
    const value = withoutSuffix(node.name.value);
    if (value === node.name.value) return [node];
    // The fragment itself is in the document if a part outside the catalog needs it.
    return names.has(value) ? [] : [{ ...node, name: { ...node.name, value }, selectionSet: unmarkedSet(node.selectionSet) }];
  });
  return { ...document, definitions };
}

function unmarkedSet(set: SelectionSetNode): SelectionSetNode {
  return { ...set, selections: set.selections.map(unmarkedSelection) };
}

function unmarkedSelection(node: SelectionNode): SelectionNode {
  if (node.kind === Kind.FRAGMENT_SPREAD) {
    return { ...node, name: { ...node.name, value: withoutSuffix(node.name.value) } };
  }
  if (node.kind === Kind.INLINE_FRAGMENT) return { ...node, selectionSet: unmarkedSet(node.selectionSet) };
  const directives = node.directives?.filter(({ name }) => name.value !== NAME) ?? [];
  return { ...node, directives, ...(node.selectionSet && { selectionSet: unmarkedSet(node.selectionSet) }) };
}

function withoutSuffix(name: string): string {
  return name.endsWith(SUFFIX) ? name.slice(0, -SUFFIX.length) : name;
}

/** A copy of one operation, with the directive at each field below the public root fields. */
class Marking {
  readonly #fragments: Map<string, FragmentDefinitionNode>;
  readonly #copies = new Map<string, FragmentDefinitionNode>();
  readonly #unmarked = new Set<string>();

  constructor(
    private readonly document: DocumentNode,
    private readonly directive: DirectiveNode,
  ) {
    const fragments = document.definitions.filter((node) => node.kind === Kind.FRAGMENT_DEFINITION);
    this.#fragments = new Map(fragments.map((node) => [node.name.value, node]));
  }

  result(): DocumentNode {
    const operation = this.document.definitions.find((node) => node.kind === Kind.OPERATION_DEFINITION);
    const root = this.#root((operation as OperationDefinitionNode).selectionSet);
    const definitions = this.document.definitions.flatMap((node): DefinitionNode[] => {
      if (node.kind === Kind.OPERATION_DEFINITION) return [{ ...node, selectionSet: root }];
      if (node.kind !== Kind.FRAGMENT_DEFINITION) return [node];
      const copy = this.#copies.get(node.name.value);
      const isUsed = this.#unmarked.has(node.name.value) || !copy;
      return [...(isUsed ? [node] : []), ...(copy ? [copy] : [])];
    });
    return { ...this.document, definitions };
  }

  /** Fields of the query itself. A fragment on `Query` is read in place, so that its root fields can be told apart. */
  #root(set: SelectionSetNode): SelectionSetNode {
    return { ...set, selections: set.selections.map((node) => this.#rootSelection(node)) };
  }

  #rootSelection(node: SelectionNode): SelectionNode {
    if (node.kind === Kind.INLINE_FRAGMENT) return { ...node, selectionSet: this.#root(node.selectionSet) };
    if (node.kind === Kind.FIELD && publicFields.includes(node.name.value)) return this.#marked(node);
    if (node.kind === Kind.FRAGMENT_SPREAD) this.#keep(node.name.value);
    else if (node.selectionSet) this.#keepAll(node.selectionSet);
    return node;
  }

  #marked(node: SelectionNode): SelectionNode {
    if (node.kind === Kind.FRAGMENT_SPREAD) {
      const { value } = node.name;
      this.#copy(value);
      return { ...node, name: { ...node.name, value: value + SUFFIX } };
    }
    const selectionSet = node.selectionSet && this.#markedSet(node.selectionSet);
    if (node.kind === Kind.INLINE_FRAGMENT) return { ...node, selectionSet: selectionSet ?? node.selectionSet };
    const directives = [...(node.directives ?? []), this.directive];
    const field = node.name.value.startsWith("__") ? node : { ...node, directives };
    return selectionSet ? { ...field, selectionSet } : field;
  }

  #markedSet(set: SelectionSetNode): SelectionSetNode {
    return { ...set, selections: set.selections.map((node) => this.#marked(node)) };
  }

  #copy(name: string): void {
    const fragment = this.#fragments.get(name);
    if (!fragment || this.#copies.has(name)) return;
    this.#copies.set(name, fragment);
    const copy = { ...fragment, name: { ...fragment.name, value: name + SUFFIX } };
    this.#copies.set(name, { ...copy, selectionSet: this.#markedSet(fragment.selectionSet) });
  }

  #keep(name: string): void {
    const fragment = this.#fragments.get(name);
    if (!fragment || this.#unmarked.has(name)) return;
    this.#unmarked.add(name);
    this.#keepAll(fragment.selectionSet);
  }

  #keepAll(set: SelectionSetNode): void {
    for (const node of set.selections) {
      if (node.kind === Kind.FRAGMENT_SPREAD) this.#keep(node.name.value);
      else if (node.selectionSet) this.#keepAll(node.selectionSet);
    }
  }
}
