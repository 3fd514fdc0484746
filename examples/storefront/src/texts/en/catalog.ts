/** Words of the home page, of lists of products, and of a product. */
export const catalog = {
  heroTitle: "Out of the door, onto the trail",
  heroText: "Packs, watches and shelter that we carry ourselves, and the maps to go with them.",
  heroAction: "See everything",
  shopByCategory: "Shop by category",
  popular: "Popular right now",
  seeAll: "See all products",
  oldPrice: "Regular price",
  nowPrice: "Price now",
  taxIncluded: "Tax included",
  priceUnknown: "Price not available",
  soldOut: "Sold out",
  notOnSale: "Not on sale yet",
};
