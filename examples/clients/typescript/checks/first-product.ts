// Adds a product several times at once, as impatient shoppers do in several tabs. Runs in a browser.
import { bearerSession, cookieSession, Gateway, newKey } from "riverfront-client";
import { shopOfGateway } from "../pages/clients/gateway.js";
import type { Delivery } from "../pages/shop.js";

export async function addAtOnce(url: string, delivery: Delivery, times: number): Promise<void> {
  const session = delivery === "BEARER" ? bearerSession(localStorage) : cookieSession();
  const shop = shopOfGateway(new Gateway(url, { client: "my-shop", session }));
  const { product } = await shop.lookAround();
  await Promise.all(Array.from({ length: times }, () => shop.addLine(product.id, newKey(), delivery)));
}

/** The page stays open: the shopper signs out, and adds a product several times at once. */
export async function addAtOnceAfterSignOut(url: string, delivery: Delivery, times: number): Promise<void> {
  const session = delivery === "BEARER" ? bearerSession(localStorage) : cookieSession();
  const gateway = new Gateway(url, { client: "my-shop", session });
  const shop = shopOfGateway(gateway);
  const { product } = await shop.lookAround();
  const add = () => shop.addLine(product.id, newKey(), delivery);
  await add();
  await gateway.ask("mutation { signOut { signedOut errors { code } } }");
  await Promise.all(Array.from({ length: times }, add));
}

/** Units in the cart of this browser. */
export async function quantity(url: string, delivery: Delivery): Promise<number> {
  const session = delivery === "BEARER" ? bearerSession(localStorage) : cookieSession();
  type Quantity = { cart: { totalQuantity: number } };
  const { cart } = await new Gateway(url, { client: "my-shop", session }).ask<Quantity, unknown>("{ cart { totalQuantity } }");
  return cart.totalQuantity;
}
