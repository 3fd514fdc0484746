import { newKey, type Orders, type Outcome } from "riverfront-client";
import { ADDRESS } from "../examples/address.js";
import { createSource, type Payment } from "../examples/provider.js";
import type { Delivery, PlacedOrder, Shop } from "./shop.js";

export interface Purchase {
  /** URL of the sandbox, which stands in for the payment service. */
  sandbox: string;
  delivery: Delivery;
  payment?: Payment | undefined;
  /** Called after each step. */
  step?: (message: string) => void;
}

/** A guest buys one product. */
export async function buy(
  shop: Shop,
  orders: Orders<PlacedOrder>,
  { sandbox, delivery, payment, step = () => {} }: Purchase,
): Promise<Outcome<PlacedOrder>> {
  const { product, publishableKey } = await shop.lookAround();
  step(product.name);
  await shop.addLine(product.id, newKey(), delivery);
  step("It is in the cart.");
  const paymentSession = await shop.giveDetails(ADDRESS);
  step("The address is set.");
  const source = await createSource(sandbox, publishableKey, paymentSession, ADDRESS, payment);
  const { amount, cartRevision } = await shop.attachSource(source);
  step("The payment source is attached.");
  return orders.submit({ expectedTotal: amount, ifRevision: cartRevision });
}
