import type { OrderState } from "../generated/graphql";
import { useTexts } from "../texts";

export function OrderStateTag({ state }: { state: OrderState }) {
  const { orders } = useTexts();
  return <span className={`tag order-state-${state.toLowerCase()}`}>{orders.states[state]}</span>;
}
