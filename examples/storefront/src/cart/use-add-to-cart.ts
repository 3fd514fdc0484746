import { useApolloClient } from "@apollo/client/react";
import { useRef, useState } from "react";
import { newKey } from "riverfront-client";
import { AddToCartDocument } from "./add-to-cart.generated";
import { ensureSession, keepMarket } from "../graph/session";
import { useChange } from "../graph/use-change";
import { useMarket } from "../market/MarketProvider";
import { type Problem, problemsOf } from "../problems/problem";
import { useTexts } from "../texts";

export interface Addition {
  productId: string;
  quantity: number;
  offerId?: string | null;
}

/** Adds a product to the cart, and begins the session with the first one. */
export function useAddToCart() {
  const client = useApolloClient();
  const texts = useTexts();
  const { market } = useMarket();
  const { send, isBusy, problems } = useChange(AddToCartDocument, (data) => data.addCartLines);
  const [beginning, setBeginning] = useState<readonly Problem[]>([]);
  // The key of an addition without an answer is kept: repeated, it adds nothing twice.
  const open = useRef<{ what: string; key: string } | null>(null);

  async function add({ productId, quantity, offerId = null }: Addition): Promise<boolean> {
    const what = JSON.stringify([productId, quantity, offerId]);
    if (open.current?.what !== what) open.current = { what, key: newKey() };
    setBeginning([]);
    try {
      await ensureSession(client, market);
      const payload = await send({ key: open.current.key, productId, quantity, offerId });
      if (!payload) return false;
      open.current = null;
      await keepMarket(client, payload.warnings, market);
      return true;
    } catch (error) {
      setBeginning(problemsOf(error, texts));
      return false;
    }
  }

  return { add, isBusy, problems: [...beginning, ...problems] };
}
