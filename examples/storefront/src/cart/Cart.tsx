import { useQuery } from "@apollo/client/react";
import { useState } from "react";
import { Link } from "react-router";
import { CartDocument, type CartLinePartsFragment } from "./cart.generated";
import { known, useRead } from "../graph/use-read";
import { PageTitle } from "../parts/PageTitle";
import { Bar } from "../parts/Skeleton";
import { paths } from "../paths";
import { Outdated } from "../problems/Outdated";
import { Trouble } from "../problems/Trouble";
import { useTexts } from "../texts";
import { CartLines } from "./CartLines";
import { CartOffers } from "./CartOffers";
import { CartSummary } from "./CartSummary";
import { RemovedLine } from "./RemovedLine";
import { useCartChanges } from "./use-cart-changes";
import "./cart.css";

export function Component() {
  const { cart: words } = useTexts();
  // The cart may have changed on another device. What is known is shown until the answer is there.
  const read = useRead(useQuery(CartDocument, { fetchPolicy: "cache-and-network" }), (data) => data.cart);
  const changes = useCartChanges();
  const [removed, setRemoved] = useState<CartLinePartsFragment | null>(null);
  if (read.kind === "failed") return <Trouble error={read.error} retry={read.retry} />;
  if (read.kind === "loading") return <CartSkeleton />;
  const cart = known(read);

  async function remove(line: CartLinePartsFragment) {
    setRemoved(null);
    if (await changes.removeLine(line.id)) setRemoved(line);
  }

  return (
    <div className="page">
      <PageTitle>{words.title}</PageTitle>
      {read.kind === "known" && <Outdated failure={read.failure} />}
      <div role="status" className="cart-removed">
        {removed && <RemovedLine line={removed} onRestored={() => setRemoved(null)} />}
      </div>
      {cart && cart.lines.length > 0 ? (
        <div className="with-aside">
          <CartLines cart={cart} changes={changes} onRemove={(line) => void remove(line)} />
          <CartSummary cart={cart} changes={changes} />
        </div>
      ) : (
        <EmptyCart />
      )}
      <CartOffers />
    </div>
  );
}

function EmptyCart() {
  const { cart, catalog } = useTexts();
  return (
    <div className="stack cart-empty">
      <p>{cart.empty}</p>
      <Link to={paths.products} className="button">
        {catalog.seeAll}
      </Link>
    </div>
  );
}

function CartSkeleton() {
  const { cart, shop } = useTexts();
  return (
    <div className="page">
      <PageTitle>{cart.title}</PageTitle>
      <div className="with-aside" role="status" aria-label={shop.loading}>
        <div className="stack">
          <Bar height="7rem" />
          <Bar height="7rem" />
        </div>
        <Bar height="18rem" />
      </div>
    </div>
  );
}
