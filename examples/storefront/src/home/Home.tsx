import { useQuery } from "@apollo/client/react";
import { Link } from "react-router";
import { brand } from "../brand";
import { ProductGrid } from "../catalog/ProductGrid";
import { HomeDocument, type HomeQuery } from "./home.generated";
import { known, useRead } from "../graph/use-read";
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
  const query = useQuery(HomeDocument, { variables });
  const offers = useRead(query, (data) => data.offers);
  const categories = useRead(query, (data) => data.categories);
  const popular = useRead(query, (data) => data.products);
  if (categories.kind === "failed" && popular.kind === "failed") return <Trouble {...categories} />;
  const isLoading = offers.kind === "loading";
  const banner = known(offers)?.find(({ kind }) => kind === "BANNER");
  const featured = known(offers)?.find(({ kind }) => kind === "FEATURED_PRODUCTS");
  return (
    <>
      <Hero isLoading={isLoading} imageUrl={banner?.imageUrl} pitch={banner?.salesPitches[0] ?? banner?.name} />
      <div className="page">
        <section className="stack" aria-labelledby="categories">
          <h2 id="categories">{catalog.shopByCategory}</h2>
          {categories.kind === "failed" ? <Trouble {...categories} isPart /> : <Categories list={known(categories)} />}
        </section>
        {(featured?.products || isLoading) && (
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
          {popular.kind === "failed" ? <Trouble {...popular} isPart /> : <ProductGrid products={known(popular)?.nodes ?? null} />}
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
