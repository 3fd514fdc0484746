import { createElement, type ReactNode, useMemo } from "react";
import { type Part, partsOf } from "./merchant-html";

/** A description that may contain the merchant's HTML. The parser runs no scripts and loads nothing. */
export function MerchantHtml({ html }: { html: string }) {
  const parts = useMemo(() => partsOf(new DOMParser().parseFromString(html, "text/html").body.childNodes), [html]);
  return <div className="stack">{parts.map(shown)}</div>;
}

function shown(part: Part, index: number): ReactNode {
  if (typeof part === "string") return part;
  return createElement(part.tag, { key: index }, part.tag === "br" ? undefined : part.parts.map(shown));
}
