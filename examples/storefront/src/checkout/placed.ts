import { paths } from "../paths";
import type { Instructions, PlacedOrder } from "./order/stage";

/** What the page of a placed order knows before it has read the order. It is kept by the history of the tab. */
export interface Placed {
  order: PlacedOrder;
  instructions: Instructions | null;
}

export const PLACED_PATH = `${paths.checkout}/placed/:orderId`;

export function placedPath(orderId: string): string {
  return PLACED_PATH.replace(":orderId", encodeURIComponent(orderId));
}
