import { useQuery } from "@apollo/client/react";
import { Link, useParams } from "react-router";
import { CategoryHeadDocument } from "./product-list.generated";
import { useInContext } from "../market/MarketProvider";
import { PageTitle } from "../parts/PageTitle";
import { Bar } from "../parts/Skeleton";
import { categoryPath } from "../paths";
import { NotFound, Trouble } from "../problems/Trouble";
import { ProductList } from "./ProductList";

export function Component() {
  const { id = "" } = useParams();
  const { data, error, refetch } = useQuery(CategoryHeadDocument, { variables: { ...useInContext(), id } });
  const category = data?.category;
  if (!category && error) return <Trouble error={error} retry={() => void refetch()} />;
  if (data && !category) return <NotFound />;
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
