import type { Texts } from "..";
import { cart } from "./cart";
import { catalog } from "./catalog";
import { problems, shop } from "./shop";

export const texts: Texts = { shop, problems, catalog, cart };
