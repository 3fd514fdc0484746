import { useQuery } from "@apollo/client/react";
import { Link } from "react-router";
import { brand } from "../brand";
import { ProductGrid } from "../catalog/ProductGrid";
import { HomeDocument, type HomeQuery } from "./home.generated";
import { useInContext } from "../market/MarketProvider";
import { PageTitle } from "../parts/PageTitle";
import { Picture } from "../parts/Picture";
import { Area, Bar } from "../parts/Skeleton";
import { categoryPath, paths } from "../paths";
import { Trouble } from "../problems/Trouble";
import { useTexts } from "../texts";
import "./home.css";

/** The start page: a banner, the shop's own picks, and the categories. */
export function Component() {
  const { catalog } = useTexts();
  const variables = { ...useInContext(), pointOfPromotion: brand.promotions.home };
  const { data, error, refetch } = useQuery(HomeDocument, { variables });
  if (!data && error) return <Trouble error={error} retry={() => void refetch()} />;
  const banner = data?.offers?.find(({ kind }) => kind === "BANNER");
  const featured = data?.offers?.find(({ kind }) => kind === "FEATURED_PRODUCTS");
  return (
    <>
      <Hero isLoading={!data} imageUrl={banner?.imageUrl} pitch={banner?.salesPitches[0] ?? banner?.name} />
      <div className="page">
        <section className="stack" aria-labelledby="categories">
          <h2 id="categories">{catalog.shopByCategory}</h2>
          <Categories list={data?.categories ?? null} />
        </section>
        {(featured?.products || !data) && (
          <section className="stack" aria-labelledby="featured">
            <h2 id="featured">{featured?.name ?? <Bar width="14rem" height="1lh" />}</h2>
            <ProductGrid products={featured?.products?.map(({ product }) => product) ?? null} expected={3} fillsRow />
          </section>
        )}
        <section className="stack" aria-labelledby="popular">
          <div className="row row-between">
            <h2 id="popular">{catalog.popular}</h2>
            <Link to={paths.products}>{catalog.seeAll}</Link>
          </div>
          <ProductGrid products={data ? (data.products?.nodes ?? []) : null} />
        </section>
      </div>
    </>
  );
}

interface HeroProps {
  isLoading: boolean;
  imageUrl: string | null | undefined;
  pitch: string | undefined;
}

function Hero({ isLoading, imageUrl, pitch }: HeroProps) {
  const { catalog } = useTexts();
  return (
    <section className="hero">
      <div className="hero-row">
        <div className="stack hero-words">
          <p className="hero-pitch">{pitch ?? (isLoading ? <Bar width="12rem" height="1lh" /> : brand.name)}</p>
          <PageTitle>{catalog.heroTitle}</PageTitle>
          <p className="hero-text">{catalog.heroText}</p>
          <Link to={paths.products} className="button">
            {catalog.heroAction}
          </Link>
        </div>
        <Picture url={imageUrl} alt="" ratio="2" isFirst />
      </div>
    </section>
  );
}

function Categories({ list }: { list: HomeQuery["categories"] | null }) {
  if (!list) {
    return (
      <div className="category-tiles" aria-hidden="true">
        {[1, 2, 3, 4].map((key) => (
          <Area key={key} ratio="3" />
        ))}
      </div>
    );
  }
  return (
    <ul className="category-tiles">
      {list.map(({ id, name, thumbnailUrl }) => (
        <li key={id}>
          <Link to={categoryPath(id)} className="category-tile">
            <Picture url={thumbnailUrl} alt="" />
            <span>{name}</span>
          </Link>
        </li>
      ))}
    </ul>
  );
}
