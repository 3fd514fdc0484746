import { useQuery } from "@apollo/client/react";
import { brand } from "../brand";
import { CartOffersDocument } from "./cart.generated";
import { useInContext } from "../market/MarketProvider";
import { ProductOffers } from "../offers/ProductOffers";

/** Small things beside the cart. Without an answer, the cart does without them. */
export function CartOffers() {
  const variables = { ...useInContext(), pointOfPromotion: brand.promotions.cart };
  const { data } = useQuery(CartOffersDocument, { variables });
  return <ProductOffers offers={data?.offers ?? []} />;
}
