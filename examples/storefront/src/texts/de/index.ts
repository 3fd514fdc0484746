import type { Texts } from "..";
import { account } from "./account";
import { address } from "./address";
import { cart } from "./cart";
import { catalog } from "./catalog";
import { checkout } from "./checkout";
import { orders } from "./orders";
import { paymentDetails } from "./paymentDetails";
import { problems, shop } from "./shop";

export const texts: Texts = { shop, problems, catalog, cart, account, orders, address, checkout, paymentDetails };
