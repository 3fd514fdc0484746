import { useQuery } from "@apollo/client/react";
import { Link, useParams } from "react-router";
import { CategoryHeadDocument } from "./product-list.generated";
import { known, useRead } from "../graph/use-read";
import { useInContext } from "../market/MarketProvider";
import { PageTitle } from "../parts/PageTitle";
import { Bar } from "../parts/Skeleton";
import { categoryPath } from "../paths";
import { NotFound, Trouble } from "../problems/Trouble";
import { ProductList } from "./ProductList";

export function Component() {
  const { id = "" } = useParams();
  const query = useQuery(CategoryHeadDocument, { variables: { ...useInContext(), id } });
  const read = useRead(query, (data) => data.category, id);
  if (read.kind === "failed") return <Trouble {...read} />;
  if (read.kind === "absent") return <NotFound />;
  const category = known(read);
  return (
    <div className="page">
      <header className="stack">
        {category ? <PageTitle>{category.name}</PageTitle> : <Bar width="14rem" height="2.5rem" />}
        {category?.shortDescription && <p className="soft">{category.shortDescription}</p>}
        {category?.children && category.children.length > 0 && (
          <ul className="subcategories">
            {category.children.map((child) => (
              <li key={child.id}>
                <Link to={categoryPath(child.id)}>{child.name}</Link>
              </li>
            ))}
          </ul>
        )}
      </header>
      <ProductList key={id} base={{ categoryId: id }} />
    </div>
  );
}
