import type { OrderState } from "../graph/schema.generated";
import { useTexts } from "../texts";

export function OrderStateTag({ state }: { state: OrderState }) {
  const { orders } = useTexts();
  return <span className={`tag order-state-${state.toLowerCase()}`}>{orders.states[state]}</span>;
}
