import { useQuery } from "@apollo/client/react";
import { useEffect } from "react";
import { Link, useLocation, useParams } from "react-router";
import { addressLines } from "../address/form";
import { CheckoutOrderDocument, type CheckoutOrderQuery } from "./order/order.generated";
import { known, useRead } from "../graph/use-read";
import { useMarket } from "../market/MarketProvider";
import { PageTitle } from "../parts/PageTitle";
import { Area, Bar } from "../parts/Skeleton";
import { paths } from "../paths";
import { Outdated } from "../problems/Outdated";
import { Trouble } from "../problems/Trouble";
import { useTexts } from "../texts";
import { Fact } from "./Fact";
import { OrderSummary } from "./OrderSummary";
import { PaymentInstructions } from "./PaymentInstructions";
import { sourceName } from "./payment/sourceName";
import type { Placed } from "./placed";
import { wordsFor } from "./placedWords";
import "./checkout.css";

type Order = NonNullable<CheckoutOrderQuery["order"]>;

const CHECK_EVERY_MS = 15_000;

/** The page of an order that was just placed: the thanks, or how to pay. It can be reloaded and kept open. */
export function Component() {
  const { orderId = "" } = useParams();
  const placed = useLocation().state as Placed | null;
  const { checkout } = useTexts();
  const query = useQuery(CheckoutOrderDocument, { variables: { id: orderId }, fetchPolicy: "cache-and-network" });
  const { startPolling, stopPolling } = query;
  const read = useRead(query, (data) => data.order);
  const order = known(read);
  const state = order?.state ?? placed?.order.state;
  const isWaiting = state === "SOURCE_PENDING_FUNDS" || state === "PENDING_PAYMENT";

  // The page is left open while the shopper pays, and tells when the money has arrived.
  useEffect(() => {
    if (!isWaiting) return;
    startPolling(CHECK_EVERY_MS);
    return stopPolling;
  }, [isWaiting, startPolling, stopPolling]);

  const shown = order ?? placed?.order;
  if (!shown) {
    if (read.kind === "loading") return <Skeleton />;
    return read.kind === "failed" ? <Trouble {...read} /> : <Unknown />;
  }
  const wasWaiting = placed?.instructions != null;
  const words = wordsFor(state, wasWaiting, checkout);
  const instructions = order ? order.paymentInstructions : placed?.instructions;
  return (
    <div className="page page-narrow placed" data-order-state={state}>
      <PageTitle>{words.title}</PageTitle>
      <p className="placed-text">{words.text}</p>
      <dl className="facts panel">
        <Fact name={checkout.orderNumber} value={shown.number} />
        <Fact name={checkout.total} value={shown.totals?.orderTotal?.formatted} />
      </dl>
      {isWaiting && instructions && <PaymentInstructions instructions={instructions} />}
      {read.kind === "known" ? (
        <>
          <Outdated failure={read.failure} />
          <Details order={read.value} />
        </>
      ) : read.kind === "loading" ? (
        <Bar height="8rem" />
      ) : read.kind === "failed" ? (
        <Trouble {...read} isPart />
      ) : (
        <Gone />
      )}
      <div>
        <Link className="button" to={paths.home}>
          {checkout.toShop}
        </Link>
      </div>
    </div>
  );
}

function Details({ order }: { order: Order }) {
  const { checkout } = useTexts();
  const { locale } = useMarket().market;
  const address = order.shippingAddress ? addressLines(order.shippingAddress, locale) : [];
  return (
    <section className="panel stack" aria-labelledby="details">
      <h2 id="details">{checkout.orderDetails}</h2>
      <OrderSummary summary={order} requiresShipping={order.shippingAddress !== null} />
      <dl className="facts">
        <Fact name={checkout.paymentMethod} value={order.sources.map((of) => sourceName(of, checkout)).join(", ")} />
        <Fact name={checkout.deliveryMethod} value={order.shippingMethod} />
        <Fact name={checkout.shipping} value={address} />
      </dl>
    </section>
  );
}

/** The order stands, but its details belong to a session that has ended. */
function Gone() {
  const { checkout } = useTexts();
  return (
    <div className="notice notice-plain stack">
      <p>{checkout.orderUnavailable}</p>
      <Link to={paths.findOrder}>{checkout.lookUp}</Link>
    </div>
  );
}

function Unknown() {
  const { checkout } = useTexts();
  return (
    <section className="page page-narrow stage stack" data-stage="unknownOrder">
      <PageTitle>{checkout.orderNotFound}</PageTitle>
      <Link to={paths.findOrder}>{checkout.lookUp}</Link>
    </section>
  );
}

function Skeleton() {
  const { shop } = useTexts();
  return (
    <div className="page page-narrow" role="status" aria-label={shop.loading}>
      <Bar width="70%" height="2.5rem" />
      <Area ratio="2" />
    </div>
  );
}
