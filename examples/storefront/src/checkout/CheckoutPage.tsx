import { Link, useParams } from "react-router";
import { PageTitle } from "../parts/PageTitle";
import { Area, Bar } from "../parts/Skeleton";
import { paths } from "../paths";
import { Outdated } from "../problems/Outdated";
import { NotFound, Trouble } from "../problems/Trouble";
import { useTexts } from "../texts";
import { NoticeBox } from "./NoticeBox";
import type { Notice, PlacedOrder, Stage } from "./order/stage";
import { useOrder } from "./order/useOrder";
import { RETURN } from "./payment/useDigitalRiver";
import { placedPath } from "./placed";
import { StagePanel } from "./StagePanel";
import { Steps } from "./Steps";
import { CheckoutContext } from "./useCheckout";
import { useBoughtOrder, useFoundOrder, usePlacedOrder, useReturn } from "./arrivals";
import { useLoadedCheckout } from "./useLoadedCheckout";
import "./checkout.css";

/**
 * The checkout. Where it stands is in the cart at Digital River, so a reload at any time shows the same step.
 *
 * Providers and banks send the shopper back to /checkout/return. Anybody can open that address, so nothing in it is
 * believed: the graph says what became of the payment.
 */
export function Component() {
  const { arrival } = useParams();
  if (arrival !== undefined && arrival !== RETURN) return <NotFound />;
  return <CheckoutPage isReturn={arrival === RETURN} />;
}

function CheckoutPage({ isReturn }: { isReturn: boolean }) {
  const { checkout: texts } = useTexts();
  const order = useOrder();
  const loaded = useLoadedCheckout(order);
  const { isLooking, waiting } = useReturn(isReturn, order, loaded);
  usePlacedOrder(order);
  useFoundOrder(order, loaded);
  const bought = useBoughtOrder(order, loaded);
  return (
    <div className="page checkout" data-stage={order.stage.kind}>
      <PageTitle>{texts.title}</PageTitle>
      {isLooking || !isWorking(order.stage) ? (
        <StagePanel order={order} />
      ) : loaded.kind === "loading" ? (
        <Skeleton />
      ) : loaded.kind === "failed" ? (
        <>
          <NoticeBox notice={noticeOf(order.stage) ?? waiting} />
          <Trouble error={loaded.error} retry={loaded.retry} isPart />
        </>
      ) : loaded.kind === "empty" ? (
        <Empty notice={noticeOf(order.stage)} bought={bought} />
      ) : (
        <CheckoutContext value={loaded.checkout}>
          {/* What the shopper has just sent in vain has a notice of its own. */}
          <Outdated failure={noticeOf(order.stage) ? null : loaded.failure} />
          <Steps order={order} />
        </CheckoutContext>
      )}
    </div>
  );
}

/** Whether the shopper may work on the checkout. */
function isWorking({ kind }: Stage): boolean {
  return kind === "ready" || kind === "authentication";
}

function Skeleton() {
  const { shop } = useTexts();
  return (
    <div className="with-aside" role="status" aria-label={shop.loading}>
      <div className="stack" aria-hidden="true">
        {["60%", "45%", "50%", "40%"].map((width, index) => (
          <div className="panel stack step" key={width}>
            <Bar width={width} height="1.5rem" />
            {index === 0 && <Area ratio="2" />}
          </div>
        ))}
      </div>
      <div className="panel" aria-hidden="true">
        <Area />
      </div>
    </div>
  );
}

function noticeOf(stage: Stage): Notice | null {
  return stage.kind === "ready" ? stage.notice : null;
}

function Empty({ notice, bought }: { notice: Notice | null; bought: PlacedOrder | null }) {
  const { checkout } = useTexts();
  return (
    <section className="panel stage stack" data-stage="empty">
      <NoticeBox notice={notice} />
      <h2>{checkout.empty}</h2>
      {bought ? (
        <p>
          {checkout.lastOrder(bought.number)} <Link to={placedPath(bought.id)}>{checkout.showOrder}</Link>
        </p>
      ) : (
        <p>{checkout.emptyText}</p>
      )}
      <div>
        <Link className="button" to={paths.home}>
          {checkout.toShop}
        </Link>
      </div>
    </section>
  );
}
