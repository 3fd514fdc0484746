import { useQuery } from "@apollo/client/react";
import { Link, useParams } from "react-router";
import { isZero } from "riverfront-client/money";
import { addressLines } from "../address/form";
import { priceText } from "../catalog/price-text";
import { PaymentInstructions } from "../checkout/PaymentInstructions";
import { sourceName } from "../checkout/payment/sourceName";
import { OrderDetailDocument, type OrderDetailPartsFragment } from "./orders.generated";
import { useShell } from "../graph/use-shell";
import { known, useRead } from "../graph/use-read";
import { useMarket } from "../market/MarketProvider";
import { PageTitle } from "../parts/PageTitle";
import { Picture } from "../parts/Picture";
import { Bar } from "../parts/Skeleton";
import { Totals } from "../parts/Totals";
import { paths, productPath } from "../paths";
import { Notice } from "../problems/Notice";
import { Outdated } from "../problems/Outdated";
import { NotFound, Trouble } from "../problems/Trouble";
import { useTexts } from "../texts";
import { OrderStateTag } from "./OrderStateTag";
import "../catalog/price.css";
import "./orders.css";

/** One order: of the account, or one that a guest has placed or found. */
export function Component() {
  const { orders, catalog } = useTexts();
  const { session } = useShell();
  const { id = "" } = useParams();
  const query = useQuery(OrderDetailDocument, { variables: { id }, fetchPolicy: "cache-and-network" });
  const read = useRead(query, (data) => data.order);
  if (read.kind === "ended") return <OrderOfAnotherSession />;
  if (read.kind === "failed") return <Trouble {...read} />;
  if (read.kind === "absent") return <NotFound />;
  const order = known(read);
  return (
    <div className="page">
      {session?.level === "REGISTERED" && (
        <nav aria-label={catalog.breadcrumbs} className="small">
          <Link to={paths.orders}>{orders.title}</Link>
        </nav>
      )}
      {order ? <PageTitle>{orders.number(order.number)}</PageTitle> : <Bar width="16rem" height="2.5rem" />}
      {read.kind === "known" && <Outdated failure={read.failure} />}
      {order ? <OrderPage order={order} /> : <Bar height="20rem" />}
    </div>
  );
}

/** A guest may read an order only in the session that has placed or found it. */
function OrderOfAnotherSession() {
  const { orders, shop } = useTexts();
  return (
    <div className="page page-narrow">
      <PageTitle>{orders.title}</PageTitle>
      <p>{orders.otherSession}</p>
      <div className="row">
        <Link to={paths.findOrder} className="button">
          {shop.findOrder}
        </Link>
        <Link to={paths.signIn}>{shop.signIn}</Link>
      </div>
    </div>
  );
}

function OrderPage({ order }: { order: OrderDetailPartsFragment }) {
  const { orders } = useTexts();
  const { market } = useMarket();
  const { submittedAt, state, lines, paymentInstructions, amountRefunded } = order;
  return (
    <>
      <div className="row">
        <OrderStateTag state={state} />
        {submittedAt && (
          <span className="soft">{new Date(submittedAt).toLocaleDateString(market.locale, { dateStyle: "long" })}</span>
        )}
      </div>
      {paymentInstructions && <PaymentInstructions instructions={paymentInstructions} />}
      {amountRefunded && !isZero(amountRefunded) && <Notice>{orders.refunded(amountRefunded.formatted)}</Notice>}
      <div className="with-aside">
        <ul className="order-lines">
          {lines.map((line) => (
            <OrderLine key={line.id} line={line} />
          ))}
        </ul>
        <aside className="panel stack">
          <Totals totals={order.totals} requiresShipping={order.shippingAddress !== null} />
          <Facts order={order} />
        </aside>
      </div>
    </>
  );
}

function OrderLine({ line }: { line: OrderDetailPartsFragment["lines"][number] }) {
  const texts = useTexts();
  const { orders, cart } = texts;
  const { product, quantity, pricing, downloadUrls, shippedQuantity, backorderedQuantity, returnedQuantity } = line;
  return (
    <li className="order-line">
      <Picture url={product?.thumbnailUrl} alt="" />
      <div className="stack-tight">
        <strong>{product ? <Link to={productPath(product)}>{product.name}</Link> : cart.unknownProduct}</strong>
        <span className="soft small">{cart.pieces(quantity ?? 1)}</span>
        {shippedQuantity > 0 && <span className="small">{orders.shipped(shippedQuantity)}</span>}
        {backorderedQuantity > 0 && <span className="small">{orders.backordered(backorderedQuantity)}</span>}
        {returnedQuantity > 0 && <span className="small">{orders.returned(returnedQuantity)}</span>}
        {downloadUrls.map((url, index) => (
          <a key={url} href={url} rel="noreferrer">
            {orders.download(index + 1, downloadUrls.length)}
          </a>
        ))}
      </div>
      <span className="price">{pricing.salePriceTotal && priceText(pricing.salePriceTotal, texts)}</span>
    </li>
  );
}

function Facts({ order }: { order: OrderDetailPartsFragment }) {
  const { orders, checkout } = useTexts();
  const { market } = useMarket();
  const { shippingAddress, billingAddress, shippingMethod, sources } = order;
  return (
    <dl className="order-facts">
      {shippingAddress && (
        <Fact name={orders.shippedTo} lines={addressLines(shippingAddress, market.locale)} />
      )}
      {shippingMethod && <Fact name={orders.shippingMethod} lines={[shippingMethod]} />}
      {billingAddress && <Fact name={orders.billedTo} lines={addressLines(billingAddress, market.locale)} />}
      {sources.length > 0 && <Fact name={orders.paidWith} lines={sources.map((source) => sourceName(source, checkout))} />}
    </dl>
  );
}

function Fact({ name, lines }: { name: string; lines: readonly string[] }) {
  return (
    <div>
      <dt className="field-label">{name}</dt>
      {lines.map((line) => (
        <dd key={line}>{line}</dd>
      ))}
    </div>
  );
}
