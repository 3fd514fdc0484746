import { cart } from "./cart";
import { catalog } from "./catalog";
import { problems, shop } from "./shop";

export const en = { shop, problems, catalog, cart };
