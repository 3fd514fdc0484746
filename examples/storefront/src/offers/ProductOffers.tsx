import { useState } from "react";
import { Link } from "react-router";
import { useAddToCart } from "../cart/use-add-to-cart";
import { Price } from "../catalog/Price";
import type { OfferKind } from "../graph/schema.generated";
import type { ProductOfferPartsFragment } from "./offers.generated";
import { Picture } from "../parts/Picture";
import { productPath } from "../paths";
import { Problems } from "../problems/Notice";
import { useTexts } from "../texts";
import "./offers.css";

/** Offers that a product can be added with by itself. A part of a bundle needs the line of its base product. */
const BY_ITSELF: readonly OfferKind[] = ["CROSS_SELL", "UP_SELL", "CANDY_RACK", "BUY_M_GET_N", "ALL_PRODUCTS_BUNDLE"];

/** Offers of other products, with a button that adds each at the price of the offer. */
export function ProductOffers({ offers }: { offers: readonly ProductOfferPartsFragment[] }) {
  const shown = offers.filter(({ kind, products }) => BY_ITSELF.includes(kind) && products?.length);
  return shown.map((offer) => (
    <section key={offer.id} className="stack" aria-labelledby={offer.id}>
      <h2 id={offer.id}>{offer.name}</h2>
      {offer.salesPitches[0] && <p className="soft">{offer.salesPitches.join(". ")}</p>}
      <ul className="offers">
        {offer.products?.map((offered) => (
          <OfferedProduct key={offered.product.id} offered={offered} offerId={offer.id} />
        ))}
      </ul>
    </section>
  ));
}

type Offered = NonNullable<ProductOfferPartsFragment["products"]>[number];

function OfferedProduct({ offered, offerId }: { offered: Offered; offerId: string }) {
  const { cart } = useTexts();
  const { add, isBusy, problems } = useAddToCart();
  const [isAdded, setAdded] = useState(false);
  const { product, listPrice, offerPrice, salesPitch } = offered;

  async function addToCart() {
    setAdded(false);
    setAdded(await add({ productId: product.id, quantity: 1, offerId }));
  }

  return (
    <li className="offer panel">
      <Picture url={product.thumbnailUrl} alt="" />
      <div className="stack-tight">
        <Link to={productPath(product)}>{product.name}</Link>
        {salesPitch && <p className="soft small">{salesPitch}</p>}
        <p>
          <Price pricing={{ listPrice, salePrice: offerPrice }} />
        </p>
        <button
          type="button"
          className="button button-plain"
          aria-disabled={isBusy}
          aria-label={cart.addProduct(product.name)}
          onClick={() => void addToCart()}
        >
          {isBusy ? cart.adding : cart.add}
        </button>
        <p role="status" className="small">
          {isAdded && cart.added(1)}
        </p>
        <Problems list={problems} />
      </div>
    </li>
  );
}
