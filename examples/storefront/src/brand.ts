/** What is particular to this shop and the same in every language. Words are in `texts/`, colours in `theme/theme.css`. */
export const brand = {
  name: "Riverbank Outfitters",
  /** Name of this client in the gateway's log: the header `X-Riverfront-Client`. */
  client: "riverbank-outfitters",
  email: "help@riverbank.example",
  /** Points of promotion of the site, whose offers the pages show. Digital River's site settings name them. */
  promotions: {
    home: "SiteMerchandising_HomePageStoreSpecials",
    product: "CrossSell_ProductDetail",
    productUpgrade: "UpSell_ProductDetail",
    cart: "CandyRack_ShoppingCart",
  },
};
