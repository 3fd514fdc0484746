/** A part of a merchant's description, without everything that does not belong into one. */
export type Part = string | { tag: (typeof TAGS)[number]; parts: Part[] };

/** Elements that a description may have. Others are left out, and their content stays. */
const TAGS = ["p", "br", "ul", "ol", "li", "strong", "b", "em", "i", "h3", "h4"] as const;

/** Elements whose content is no text. */
const WITHOUT_TEXT = ["script", "style", "iframe", "object", "template", "noscript", "svg", "math", "textarea", "title"];

/** What is read of a DOM node. */
export interface ReadNode {
  nodeType: number;
  nodeName: string;
  textContent: string | null;
  childNodes: ArrayLike<ReadNode>;
}

const ELEMENT = 1;
const TEXT = 3;

/** The parts of a description that can be shown. No attribute of the merchant's HTML reaches the page. */
export function partsOf(nodes: ArrayLike<ReadNode>): Part[] {
  return Array.from(nodes).flatMap((node): Part[] => {
    if (node.nodeType === TEXT) return node.textContent ? [node.textContent] : [];
    const name = node.nodeName.toLowerCase();
    if (node.nodeType !== ELEMENT || WITHOUT_TEXT.includes(name)) return [];
    const tag = TAGS.find((known) => known === (name === "h1" || name === "h2" ? "h3" : name));
    const parts = partsOf(node.childNodes);
    return tag ? [{ tag, parts }] : parts;
  });
}
