import { useQuery } from "@apollo/client/react";
import { Link, Navigate, useParams, useSearchParams } from "react-router";
import { brand } from "../brand";
import { Price } from "../catalog/Price";
import { ProductDocument, ProductOffersDocument, type ProductQuery } from "./product.generated";
import { known, useRead } from "../graph/use-read";
import { useInContext } from "../market/MarketProvider";
import { MerchantHtml } from "../parts/MerchantHtml";
import { PageTitle } from "../parts/PageTitle";
import { categoryPath, paths, productPath } from "../paths";
import { NotFound, Trouble } from "../problems/Trouble";
import { useTexts } from "../texts";
import { BuyForm } from "./BuyForm";
import { Gallery } from "./Gallery";
import { ProductOffers } from "../offers/ProductOffers";
import { ProductSkeleton } from "./ProductSkeleton";
import { Stock } from "./Stock";
import { firstVariation } from "./variation";
import { VariationChoice } from "./VariationChoice";
import { VolumePrices } from "./VolumePrices";
import "./product.css";

export type ShownProduct = NonNullable<ProductQuery["product"]>;

export function Component() {
  const { upstreamId = "" } = useParams();
  const query = useQuery(ProductDocument, { variables: { ...useInContext(), upstreamId } });
  // In another language, the page stays while its new words are loaded.
  const read = useRead(query, (data) => data.product, upstreamId);
  if (read.kind === "failed") return <Trouble {...read} />;
  if (read.kind === "absent") return <NotFound />;
  const product = known(read);
  if (!product) return <ProductSkeleton />;
  const { parent } = product;
  // A variation is shown on the page of its base product.
  if (parent) return <Navigate replace to={`${productPath(parent)}?variation=${product.upstreamId}`} />;
  return <ProductPage product={product} key={product.id} />;
}

function ProductPage({ product }: { product: ShownProduct }) {
  const { catalog } = useTexts();
  const [parameters, setParameters] = useSearchParams();
  const variations = product.variations ?? [];
  const variation = firstVariation(variations, parameters.get("variation"));
  const sold = variation ?? product;
  const pictures = [...(variation?.images ?? []), ...product.images];
  return (
    <div className="page">
      <Breadcrumbs product={product} />
      <div className="product">
        <Gallery pictures={pictures} key={variation?.id} />
        <div className="stack product-facts">
          {product.manufacturerName && <p className="soft small">{product.manufacturerName}</p>}
          <PageTitle>{product.name}</PageTitle>
          <div className="row product-price">
            <Price pricing={sold.pricing} />
            {sold.pricing?.includesTax && <span className="soft small">{catalog.taxIncluded}</span>}
          </div>
          {product.shortDescription && <p>{product.shortDescription}</p>}
          {variation && (
            <VariationChoice
              product={product}
              chosen={variation}
              onChoose={(next) => {
                setParameters({ variation: next.upstreamId }, { replace: true, preventScrollReset: true });
              }}
            />
          )}
          <Stock product={sold} isDownload={product.kind === "DOWNLOAD"} />
          <BuyForm product={sold} key={sold.id} />
          <VolumePrices tiers={product.volumePricing ?? []} />
        </div>
      </div>
      {product.longDescription && (
        <section className="stack product-description" aria-labelledby="description">
          <h2 id="description">{catalog.description}</h2>
          <MerchantHtml html={product.longDescription} />
        </section>
      )}
      <OffersOfProduct upstreamId={product.upstreamId} />
    </div>
  );
}

/** Without an answer, the page does without them. */
function OffersOfProduct({ upstreamId }: { upstreamId: string }) {
  const { product: crossSell, productUpgrade: upSell } = brand.promotions;
  const { data } = useQuery(ProductOffersDocument, { variables: { ...useInContext(), upstreamId, crossSell, upSell } });
  return <ProductOffers offers={[...(data?.product?.upSells ?? []), ...(data?.product?.crossSells ?? [])]} />;
}

function Breadcrumbs({ product }: { product: ShownProduct }) {
  const { shop, catalog } = useTexts();
  const [category] = product.categories ?? [];
  return (
    <nav aria-label={catalog.breadcrumbs} className="small">
      <ol className="breadcrumbs">
        <li>
          <Link to={paths.home}>{shop.home}</Link>
        </li>
        {category && (
          <li>
            <Link to={categoryPath(category.id)}>{category.name}</Link>
          </li>
        )}
      </ol>
    </nav>
  );
}
