import { useSearchParams } from "react-router";
import { PageTitle } from "../parts/PageTitle";
import { useTexts } from "../texts";
import { ProductList } from "./ProductList";

/** The products that a search finds. Without words, all products. */
export function Component() {
  const { catalog } = useTexts();
  const [parameters] = useSearchParams();
  const words = parameters.get("q")?.trim() ?? "";
  return (
    <div className="page">
      <PageTitle>{words ? catalog.resultsFor(words) : catalog.allProducts}</PageTitle>
      <ProductList key={words} base={words ? { text: words } : {}} />
    </div>
  );
}
