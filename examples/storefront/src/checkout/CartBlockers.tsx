import { Link } from "react-router";
import { isCheck } from "../cart/missing-check";
import { paths } from "../paths";
import { Notice } from "../problems/Notice";
import { useTexts } from "../texts";
import { useCheckout } from "./useCheckout";

/** What only the cart page can change, such as a product that was sold out after the shopper had left it. */
export function CartBlockers() {
  const { cart } = useCheckout();
  const { shop } = useTexts();
  const messages = (cart.readiness?.blockers ?? []).flatMap((blocker) => {
    const { step, shopperMessage } = blocker;
    return step === "CART" && shopperMessage && !isCheck(blocker) ? [shopperMessage] : [];
  });
  return (
    <div role="alert" data-cart-blockers>
      {messages.length > 0 && (
        <Notice kind="warn">
          {[...new Set(messages)].map((message) => (
            <p key={message}>{message}</p>
          ))}
          <Link to={paths.cart}>{shop.toCart}</Link>
        </Notice>
      )}
    </div>
  );
}
