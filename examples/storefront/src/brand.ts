import type { Report } from "./problems/report";

/** What is particular to this shop and the same in every language. Words are in `texts/`, colours in `theme/theme.css`. */
export const brand = {
  name: "Riverbank Outfitters",
  /** Name of this client in the gateway's log: the header `X-Riverfront-Client`. */
  client: "riverbank-outfitters",
  email: "help@riverbank.example",
  /** Pages of the merchant, shown in the footer of every page. Many countries require them. */
  legal: {
    imprint: "https://riverbank.example/imprint",
    privacy: "https://riverbank.example/privacy",
    termsOfSale: "https://riverbank.example/terms",
    returns: "https://riverbank.example/returns",
  },
  /** Points of promotion of the site, whose offers the pages show. Digital River's site settings name them. */
  promotions: {
    home: "SiteMerchandising_HomePageStoreSpecials",
    product: "CrossSell_ProductDetail",
    productUpgrade: "UpSell_ProductDetail",
    cart: "CandyRack_ShoppingCart",
  },
  /** Receives the errors of the page, such as a crash. Null: nothing is sent anywhere. */
  report: null as Report | null,
};
